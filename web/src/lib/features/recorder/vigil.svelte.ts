// While a recording runs: its time against the team's limit, the free space, and a screen that stays on.

import { nearness } from './clock';
import { room, type Room } from './room';
import type { Sender } from './sender.svelte';
import type { Take } from './take';

const TICK_MS = 100;
const LOOK_MS = 5_000;

export interface Watcher {
  /** Recorded so far, in ms. */
  tick: (ms: number) => void;
  /** It has to end. */
  over: (why: 'limit' | 'no_room') => void;
}

export class Vigil {
  elapsedMs = $state(0);
  limitMs = $state<number | null>(null);
  room = $state<Room>('enough');
  readonly near = $derived(nearness(this.elapsedMs, this.limitMs));
  private timers: ReturnType<typeof setInterval>[] = [];
  private wakeLock: WakeLockSentinel | null = null;

  begin(take: Take, sender: Sender, limitMs: number | null, watcher: Watcher): void {
    this.limitMs = limitMs;
    this.room = 'enough';
    const tick = (): void => {
      this.elapsedMs = take.elapsed();
      watcher.tick(this.elapsedMs);
      if (this.near === 'over') watcher.over('limit');
    };
    const look = async (): Promise<void> => {
      this.room = await room(sender.backlog, sender.unkept);
      if (this.room === 'none') watcher.over('no_room');
    };
    this.timers = [setInterval(tick, TICK_MS), setInterval(() => void look(), LOOK_MS)];
    // A browser that cannot promise a lit screen records all the same.
    void navigator.wakeLock?.request('screen').then(
      (lock) => (this.wakeLock = lock),
      () => undefined,
    );
  }

  end(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
    void this.wakeLock?.release();
    this.wakeLock = null;
  }
}
