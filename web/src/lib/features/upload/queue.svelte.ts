// The files of one page, two at a time.

import { UploadItem, type UploadApi } from './item.svelte';

const AT_ONCE = 2;

export class UploadQueue {
  items = $state.raw<UploadItem[]>([]);
  readonly busy = $derived(this.items.some((item) => item.state === 'waiting' || item.active));
  private readonly api: UploadApi;
  private readonly onall: (done: UploadItem[]) => void;

  constructor(api: UploadApi, onall: (done: UploadItem[]) => void) {
    this.api = api;
    this.onall = onall;
  }

  /** Adds files for a team; the first may belong to an update that waits for its file. */
  add(files: readonly File[], teamId: string, updateId: string | null = null): void {
    const added = files.map(
      (file, index) =>
        new UploadItem(file, teamId, index === 0 ? updateId : null, this.api, () => this.settled()),
    );
    this.items = [...this.items, ...added];
    this.next();
  }

  private next(): void {
    const running = this.items.filter((item) => item.active).length;
    for (const item of this.items
      .filter((waiting) => waiting.state === 'waiting')
      .slice(0, Math.max(0, AT_ONCE - running)))
      void item.start();
  }

  private settled(): void {
    this.items = this.items.filter((item) => item.state !== 'discarded');
    this.next();
    const done = this.items.filter((item) => item.state === 'done');
    if (done.length > 0 && done.length === this.items.length) this.onall(done);
  }
}
