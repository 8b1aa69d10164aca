// The list while answers are under way: shown at once, corrected by the server, put back when it refuses.

import type { Comment } from './types';

/** Puts a comment into the list, or in place of its former self. Keeps the order of creation. */
export function upsert(list: readonly Comment[], comment: Comment): Comment[] {
  const at = list.findIndex((other) => other.id === comment.id);
  if (at >= 0) return list.map((other, index) => (index === at ? comment : other));
  return [...list, comment];
}

/** Takes a comment out, and its replies with it. */
export function remove(list: readonly Comment[], id: string): Comment[] {
  return list.filter((comment) => comment.id !== id && comment.parent_id !== id);
}

/** Puts the server's comment in the place of the one shown meanwhile; an event may have brought it already. */
export function settle(list: readonly Comment[], pendingId: string, saved: Comment): Comment[] {
  if (list.some((comment) => comment.id === saved.id))
    return remove(list, pendingId).map((c) => (c.id === saved.id ? saved : c));
  return list.map((comment) => (comment.id === pendingId ? saved : comment));
}
