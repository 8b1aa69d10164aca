// The recording's own time: pauses do not count.

export class Clock {
  private runsFrom: number | null = null;
  private before = 0;

  start(now: number): void {
    this.runsFrom ??= now;
  }

  pause(now: number): void {
    this.before = this.elapsed(now);
    this.runsFrom = null;
  }

  /** Recorded ms until `now`. */
  elapsed(now: number): number {
    return this.before + (this.runsFrom === null ? 0 : Math.max(0, now - this.runsFrom));
  }
}

/** How near the team's limit is: `soon` in its last minute (or tenth, if that is shorter), `over` at its end. */
export function nearness(elapsedMs: number, limitMs: number | null): 'far' | 'soon' | 'over' {
  if (limitMs === null) return 'far';
  if (elapsedMs >= limitMs) return 'over';
  return limitMs - elapsedMs <= Math.min(60_000, limitMs / 10) ? 'soon' : 'far';
}

/** The shorter of several limits; null: there is none. */
export function shortest(...limits: (number | null | undefined)[]): number | null {
  const given = limits.filter((limit) => typeof limit === 'number');
  return given.length === 0 ? null : Math.min(...given);
}
