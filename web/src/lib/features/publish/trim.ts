// Trim: what is kept of an update, in ms on the recording's own time line.

export interface Trim {
  start_ms: number;
  end_ms: number;
}

/** The shortest update that may be left. */
export const SHORTEST_MS = 1_000;

export type TrimProblem = 'not_a_time' | 'too_short' | 'beyond_end';

/** Checks what was typed; null when it may be saved. `fullMs` is the recorded length. */
export function trimProblem(
  startMs: number | null,
  endMs: number | null,
  fullMs: number,
): TrimProblem | null {
  if (startMs === null || endMs === null) return 'not_a_time';
  if (endMs > fullMs + 999 || startMs < 0) return 'beyond_end';
  return endMs - startMs < SHORTEST_MS ? 'too_short' : null;
}

/** What is sent: nothing (null) when the whole is kept. */
export function toTrim(startMs: number, endMs: number, fullMs: number): Trim | null {
  const end = Math.min(endMs, fullMs);
  return startMs <= 0 && end >= fullMs ? null : { start_ms: Math.max(0, startMs), end_ms: end };
}
