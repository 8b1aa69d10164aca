// Tells the server what was seen and where one is: not oftener than needed, and before the page goes.

import type { Plays } from './plays.svelte';
import { subtract, totalMs, unite, type Range } from './ranges';

export type SeenBy = 'watching' | 'reading' | 'listening';

export interface WatchReport {
  position_ms: number;
  seen_ranges: Range[];
  /** Each stretch as it was played since the last report. */
  played_ranges: Range[];
  by: SeenBy;
}

export const EVERY_MS = 10_000;

export class WatchReporter {
  private sent: Range[] = [];
  private lastAt = -Infinity;
  private lastPositionMs = -1;
  private readonly plays: Plays;
  private readonly send: (report: WatchReport, leaving: boolean) => Promise<void>;
  private readonly now: () => number;

  constructor(
    plays: Plays,
    send: (report: WatchReport, leaving: boolean) => Promise<void>,
    now: () => number = () => performance.now(),
  ) {
    this.plays = plays;
    this.send = send;
    this.now = now;
  }

  /** While playing: sends when it is time. */
  tick(positionMs: number, seen: readonly Range[], by: SeenBy): void {
    if (this.now() - this.lastAt >= EVERY_MS) this.flush(positionMs, seen, by);
  }

  /** Sends what is new; nothing when nothing is. A report that fails is sent again with the next. */
  flush(positionMs: number, seen: readonly Range[], by: SeenBy, leaving = false): void {
    const fresh = subtract(seen, this.sent);
    const moved = Math.abs(positionMs - this.lastPositionMs) >= 1_000;
    if (totalMs(fresh) < 250 && !(moved && this.lastPositionMs >= 0)) return;
    this.lastAt = this.now();
    this.lastPositionMs = positionMs;
    const before = this.sent;
    this.sent = unite([...this.sent, ...fresh]);
    const played = this.plays.take();
    const report = { position_ms: Math.round(positionMs), seen_ranges: fresh, played_ranges: played, by };
    this.send(report, leaving).catch(() => {
      this.sent = before;
      this.plays.putBack(played);
    });
  }
}
