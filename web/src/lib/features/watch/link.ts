// Links to an update, a moment of it, a comment on it.

import { timeParam } from '../player/time';

/** The whole address; the moment is on the source's time line. */
export function linkTo(
  updateId: string,
  atMs: number | null,
  commentId: string | null,
  origin = location.origin,
): string {
  const link = new URL(`/u/${updateId}`, origin);
  if (atMs !== null) link.searchParams.set('t', timeParam(atMs));
  if (commentId !== null) link.hash = `comment-${commentId}`;
  return link.href;
}
