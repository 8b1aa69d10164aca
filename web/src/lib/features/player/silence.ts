// Skipping silence: where to jump, and how much time that saves.

import { subtract, totalMs, unite, type Range } from './ranges';

/** What is left of a pause at each side, so that speech does not sound cut. */
const KEEP_MS = 150;
/** Pauses shorter than this stay as they are: a jump costs more than it saves. */
const SHORTEST_MS = 700;

/** The spans that are jumped over. */
export function skippable(silence: readonly Range[], durationMs: number): Range[] {
  return unite(silence)
    .filter(([start, end]) => end - start >= SHORTEST_MS)
    .map(([start, end]): Range => [
      start === 0 ? 0 : start + KEEP_MS,
      durationMs > 0 && end >= durationMs ? durationMs : end - KEEP_MS,
    ]);
}

/** Where to go on when playback is at `ms`, or null when it is not inside a pause worth a jump. */
export function skipTarget(spans: readonly Range[], ms: number): number | null {
  for (const [start, end] of spans) {
    if (ms < start) return null;
    if (ms < end - 50) return end;
  }
  return null;
}

/** How long the rest takes from `fromMs` at `rate`, and what skipping saves, in real time. */
export function playingTime(
  durationMs: number,
  spans: readonly Range[],
  rate: number,
  fromMs = 0,
): { withSilence: number; withoutSilence: number; saved: number } {
  const whole: Range[] = [[fromMs, durationMs]];
  const withSilence = Math.max(0, durationMs - fromMs) / rate;
  const withoutSilence = totalMs(subtract(whole, spans)) / rate;
  return { withSilence, withoutSilence, saved: withSilence - withoutSilence };
}
