// Sets of spans on the media's time line, as `[start_ms, end_ms]`, kept sorted and apart.

export type Range = [number, number];

/** The union, sorted; spans that touch become one. Empty and reversed spans are left out. */
export function unite(ranges: readonly Range[]): Range[] {
  const sorted = ranges.filter(([start, end]) => end > start).sort((a, b) => a[0] - b[0]);
  const out: Range[] = [];
  for (const [start, end] of sorted) {
    const last = out[out.length - 1];
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else out.push([start, end]);
  }
  return out;
}

/** The length of the union. */
export function totalMs(ranges: readonly Range[]): number {
  return unite(ranges).reduce((sum, [start, end]) => sum + end - start, 0);
}

/** What is in `ranges` and not in `holes`. */
export function subtract(ranges: readonly Range[], holes: readonly Range[]): Range[] {
  let rest = unite(ranges);
  for (const [from, to] of unite(holes)) {
    rest = rest.flatMap(([start, end]): Range[] => {
      if (to <= start || from >= end) return [[start, end]];
      const parts: Range[] = [];
      if (from > start) parts.push([start, from]);
      if (to < end) parts.push([to, end]);
      return parts;
    });
  }
  return rest;
}

/** The share of the time that is not silence which `seen` covers, 0..1. */
export function seenRatio(seen: readonly Range[], durationMs: number, silence: readonly Range[]): number {
  if (durationMs <= 0) return 0;
  const spoken = subtract([[0, durationMs]], silence);
  const length = totalMs(spoken);
  if (length === 0) return totalMs(seen) > 0 ? 1 : 0;
  const missed = totalMs(subtract(spoken, seen));
  return Math.min(1, Math.max(0, (length - missed) / length));
}

/**
 * Whether playback came from `fromMs` to `toMs` by playing and not by a jump:
 * forwards, and no further than `rate` allows in `elapsedMs` (with some slack for late events).
 */
export function wasPlayed(fromMs: number, toMs: number, elapsedMs: number, rate: number): boolean {
  const step = toMs - fromMs;
  return step > 0 && step <= elapsedMs * rate + 1_500;
}
