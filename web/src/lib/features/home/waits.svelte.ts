// What waits for me besides asks: rounds, and what I have not seen.
import { api } from '$lib/api/client';
import { loadPrefs } from '$lib/features/player/prefs';
import type { CatchUp, MyRounds } from '$lib/features/round/types';

export class Waits {
  /** Null until it is known. */
  rounds = $state.raw<MyRounds | null>(null);
  /** Everything unseen, with the time that it takes at my speed. */
  unseen = $state.raw<{ count: number; ms: number } | null>(null);
  /** It was asked, and answered or not. */
  ready = $state(false);
  /** Rounds that wait for my answer, the one that ends first in front. */
  readonly due = $derived(
    (this.rounds?.items ?? [])
      .filter((one) => one.state === 'waiting')
      .sort((a, b) => a.due_at.localeCompare(b.due_at)),
  );

  /** Asks for all of it. Without an answer what was known stays. */
  async load(): Promise<void> {
    const query = { minutes: 5, speed: loadPrefs().rate };
    const [rounds, queue] = await Promise.allSettled([
      api.get<MyRounds>('/me/rounds'),
      api.get<CatchUp>('/me/catch-up', { query }),
    ]);
    if (rounds.status === 'fulfilled') this.rounds = rounds.value;
    if (queue.status === 'fulfilled') {
      const { items, later, all_ms } = queue.value;
      this.unseen = { count: items.length + later.length, ms: all_ms };
    }
    this.ready = true;
  }
}
