// While a recording runs: its clock, a look at the free space now and then, and a screen that stays on.

const TICK_MS = 100;
const LOOK_MS = 5_000;

export class Vigil {
  private timers: ReturnType<typeof setInterval>[] = [];
  private wakeLock: WakeLockSentinel | null = null;

  begin(tick: () => void, look: () => Promise<void>): void {
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
