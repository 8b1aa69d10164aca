// What is done with several updates at once. One after the other: each may be refused for itself.

import { api } from '$lib/api/client';
import type { Update } from '$lib/api/types';

export class Bulk {
  busy = $state(false);
  /** What was deleted last and can be brought back. */
  deleted = $state.raw<readonly string[]>([]);

  /** Deletes them; tells which are gone and how many are not. `gone` hears of each at once. */
  async remove(
    updates: readonly Update[],
    gone: (id: string) => void,
  ): Promise<{ done: number; left: number }> {
    const done = await this.each(
      updates.map(({ id }) => id),
      async (id) => {
        await api.delete(`/updates/${id}`);
        gone(id);
      },
    );
    this.deleted = done;
    return { done: done.length, left: updates.length - done.length };
  }

  /** Brings back what was deleted last. */
  async restore(): Promise<{ done: number; left: number }> {
    const ids = this.deleted;
    const done = await this.each(ids, async (id) => {
      await api.post(`/updates/${id}/restore`);
    });
    this.deleted = ids.filter((id) => !done.includes(id));
    return { done: done.length, left: this.deleted.length };
  }

  /** Marks them as seen. */
  async seen(updates: readonly Update[]): Promise<void> {
    this.busy = true;
    try {
      await api.post('/me/catch-up/seen', { update_ids: updates.map(({ id }) => id), by: 'reading' });
    } finally {
      this.busy = false;
    }
  }

  private async each(ids: readonly string[], work: (id: string) => Promise<void>): Promise<string[]> {
    const done: string[] = [];
    this.busy = true;
    for (const id of ids) {
      try {
        await work(id);
        done.push(id);
      } catch {
        // Counted by whoever asked.
      }
    }
    this.busy = false;
    return done;
  }
}
