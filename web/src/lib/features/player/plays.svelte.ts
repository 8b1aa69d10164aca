// What was played since the page was opened: as a set, and each stretch as it was played, what is played again too.

import { unite, wasPlayed, type Range } from './ranges';

/** So far apart, in ms, two stretches are still one: playback went on. */
const SAME_MS = 150;
/** Most stretches of one report; the rest waits for the next. */
export const MOST_STRETCHES = 200;

export class Plays {
  /** As a set: once seen, always seen. */
  seen = $state.raw<Range[]>([]);
  /** Not told yet. */
  private stretches: Range[] = [];

  /** Playback came from one moment to another in so much time, unless it jumped. */
  add(fromMs: number, toMs: number, elapsedMs: number, rate: number): void {
    if (!wasPlayed(fromMs, toMs, elapsedMs, rate)) return;
    const [from, to] = [Math.round(fromMs), Math.round(toMs)];
    this.seen = unite([...this.seen, [from, to]]);
    const last = this.stretches.at(-1);
    if (last && Math.abs(from - last[1]) <= SAME_MS) last[1] = Math.max(last[1], to);
    else this.stretches.push([from, to]);
  }

  /** What was played and has not been taken yet. */
  take(): Range[] {
    return this.stretches.splice(0, MOST_STRETCHES);
  }

  /** Puts back what could not be told. */
  putBack(list: readonly Range[]): void {
    this.stretches = [...list, ...this.stretches];
  }
}
