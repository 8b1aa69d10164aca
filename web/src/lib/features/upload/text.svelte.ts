// The transcript that goes with a recording: it is sent as soon as the recording's draft is there.

import { words } from '$lib/api/words';

export class MeetingText {
  file = $state.raw<File | null>(null);
  state = $state<'waiting' | 'taken' | 'refused'>('waiting');
  /** Why it was refused, in words. */
  why = $state('');
  private updateId: string | null = null;

  constructor(private readonly send: (updateId: string, file: File) => Promise<unknown>) {}

  /** Takes a file in place of an earlier one. */
  give(file: File): void {
    this.file = file;
    this.state = 'waiting';
    void this.go();
  }

  /** The draft is there. */
  belongsTo(updateId: string): void {
    this.updateId = updateId;
    void this.go();
  }

  private async go(): Promise<void> {
    const { file, updateId } = this;
    if (file === null || updateId === null || this.state !== 'waiting') return;
    try {
      await this.send(updateId, file);
      if (this.file === file) this.state = 'taken';
    } catch (error) {
      this.why = words(error);
      this.state = 'refused';
    }
  }
}
