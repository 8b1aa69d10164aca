// The visible part of the source's time line. All `_ms` in the product are on the source's line; the media
// element counts from its first segment, which with a trim is not the source's zero.

export interface Line {
  /** Where the visible part starts and ends, on the source's line. */
  startMs: number;
  endMs: number;
  /** What the media element's zero is on the source's line. */
  originMs: number;
}

export interface Timed {
  duration_ms: number | null;
  trim: { start_ms: number; end_ms: number } | null;
}

/**
 * The line of an update. `mediaMs` is the media element's own length, for what still grows; `startOffsetMs` is
 * where its list asks to start: with a trim that is the trim's start.
 */
export function lineOf(update: Timed, mediaMs: number, startOffsetMs: number): Line {
  if (update.trim) {
    const { start_ms: startMs, end_ms: endMs } = update.trim;
    return { startMs, endMs, originMs: startMs - startOffsetMs };
  }
  return {
    startMs: 0,
    endMs: Math.max(update.duration_ms ?? 0, Number.isFinite(mediaMs) ? mediaMs : 0),
    originMs: 0,
  };
}

/** A moment put inside the line. */
export function clampTo(line: Line, ms: number): number {
  return Math.min(Math.max(ms, line.startMs), Math.max(line.startMs, line.endMs));
}

/** Where a moment stands, 0..100. */
export function percentOf(line: Line, ms: number): number {
  const length = line.endMs - line.startMs;
  return length <= 0 ? 0 : ((clampTo(line, ms) - line.startMs) / length) * 100;
}
