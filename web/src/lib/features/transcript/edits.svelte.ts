// Corrections that can be taken back, the last one first.

import type { Change } from './replace';
import type { EditOutcome } from './transcript.svelte';

/** So many steps back. */
const MOST = 50;

export class Edits {
  done = $state.raw<readonly (readonly Change[])[]>([]);
  /** How far a change of several segments is. */
  progress = $state.raw<{ at: number; of: number } | null>(null);

  /** `save` saves one change; `textOf` tells what a segment says now. */
  constructor(
    private readonly save: (change: Change) => Promise<EditOutcome>,
    private readonly textOf: (id: string) => string | undefined,
  ) {}

  /** Remembers what was saved, as one step. */
  keep(saved: readonly Change[]): void {
    if (saved.length > 0) this.done = [...this.done, saved].slice(-MOST);
  }

  /** Makes changes as one step. Tells how many were made, and how many not. */
  async make(changes: readonly Change[]): Promise<{ saved: number; left: number }> {
    const saved = await this.run(changes);
    this.keep(saved);
    return { saved: saved.length, left: changes.length - saved.length };
  }

  /** Takes the last step back. What was changed by others since stays as they made it. */
  async undo(): Promise<{ saved: number; left: number }> {
    const last = this.done.at(-1);
    if (last === undefined || this.progress !== null) return { saved: 0, left: 0 };
    this.done = this.done.slice(0, -1);
    const back = last.map(({ id, from, to }) => ({ id, from: to, to: from }));
    const saved = await this.run(back);
    return { saved: saved.length, left: back.length - saved.length };
  }

  private async run(changes: readonly Change[]): Promise<Change[]> {
    const saved: Change[] = [];
    for (const [index, change] of changes.entries()) {
      this.progress = { at: index, of: changes.length };
      const outcome = await this.save(change);
      if (outcome === 'saved') saved.push({ ...change, to: this.textOf(change.id) ?? change.to });
      // The server is not there: the rest would fail too.
      if (outcome === 'failed') break;
    }
    this.progress = null;
    return saved;
  }
}
