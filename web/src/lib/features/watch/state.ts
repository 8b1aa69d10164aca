// What an update's state means to the page.

import type { Update } from '$lib/api/types';

/** Something is still being made of it. */
export function isInWork(update: Pick<Update, 'status' | 'transcript' | 'kind'>): boolean {
  if (update.kind === 'text' || update.status === 'failed') return false;
  if (update.status !== 'ready') return true;
  return update.transcript.status === 'pending' || update.transcript.status === 'running';
}

/** Whether the same part is shown. */
export function sameTrim(one: Update['trim'], other: Update['trim']): boolean {
  return one?.start_ms === other?.start_ms && one?.end_ms === other?.end_ms;
}

/** Nearer to the end than this counts as seen to the end: the next visit starts anew. */
const AT_END_MS = 3_000;
/** And no more than this share of the length, for what is short. */
const AT_END_SHARE = 0.05;

/** Where playback begins: the link's moment, else where this viewer stopped, else the visible start. */
export function startAt(
  update: Pick<Update, 'my_watch' | 'duration_ms' | 'trim'>,
  wantedMs: number | null,
): number {
  const from = update.trim?.start_ms ?? 0;
  if (wantedMs !== null) return wantedMs;
  const position = update.my_watch?.position_ms ?? 0;
  const end = update.trim?.end_ms ?? update.duration_ms ?? 0;
  return position <= from || (end > 0 && position > end - Math.min(AT_END_MS, (end - from) * AT_END_SHARE))
    ? from
    : position;
}
