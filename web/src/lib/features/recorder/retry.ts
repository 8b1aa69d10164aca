// When to try again.

import { ApiError } from '$lib/api/errors';

const DELAYS_MS = [300, 700, 1_500, 3_000, 5_000];
/** Trying again cannot help. */
const FINAL = [400, 403, 404, 410, 412, 413, 415, 422];

export const isFinal = (error: unknown): error is ApiError =>
  error instanceof ApiError && FINAL.includes(error.status);

/** How long to wait after so many failures in a row, in ms; at least as long as the server asked for. */
export function delayAfter(error: unknown, failures: number): number {
  const delay = DELAYS_MS[Math.min(failures, DELAYS_MS.length - 1)] ?? 5_000;
  const asked = error instanceof ApiError ? (error.retryAfterS ?? 0) * 1000 : 0;
  return Math.max(delay, asked);
}
