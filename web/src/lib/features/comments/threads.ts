// From the flat list that the server gives to threads, one level deep.

import { KINDS, type Comment } from './types';

export interface Thread {
  root: Comment;
  replies: Comment[];
}

export type Filter = 'all' | 'open' | 'mine';

/** Kinds that ask something of somebody and stay open until resolved. */
const ASKS: readonly Comment['kind'][] = ['question', 'action', 'blocker'];

export function isAsk(comment: Comment): boolean {
  return ASKS.includes(comment.kind);
}

export function isOpenAsk(comment: Comment): boolean {
  return isAsk(comment) && comment.resolved_at === null;
}

/** An ask that waits for this person: what the start page lists too. */
export function isToMe(comment: Comment, userId: string): boolean {
  return isOpenAsk(comment) && comment.assignee?.id === userId;
}

/** Threads by moment (those on the whole come last), replies by time. A reply whose root is gone is left out. */
export function toThreads(comments: readonly Comment[]): Thread[] {
  const threads = new Map<string, Thread>();
  for (const comment of comments) {
    if (comment.parent_id === null) threads.set(comment.id, { root: comment, replies: [] });
  }
  for (const comment of comments) {
    if (comment.parent_id !== null) threads.get(comment.parent_id)?.replies.push(comment);
  }
  const byTime = (a: Comment, b: Comment): number =>
    a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id);
  const all = [...threads.values()];
  for (const thread of all) thread.replies.sort(byTime);
  return all.sort(
    (a, b) => (a.root.at_ms ?? Infinity) - (b.root.at_ms ?? Infinity) || byTime(a.root, b.root),
  );
}

/** The threads that a filter shows; where a kind is chosen too, those in which one of that kind fits. */
export function filterThreads(
  threads: readonly Thread[],
  filter: Filter,
  userId: string,
  kind: Comment['kind'] | null = null,
): Thread[] {
  const fits = (comment: Comment): boolean =>
    (kind === null || comment.kind === kind) &&
    (filter === 'all' || (filter === 'open' ? isOpenAsk(comment) : isToMe(comment, userId)));
  return threads.filter(({ root, replies }) => {
    if (filter === 'all' && kind === null) return true;
    // A thread of plain comments is one by what began it: nearly every reply is a plain comment.
    const asked = kind === 'comment' ? [root] : [root, ...replies];
    return asked.some(fits);
  });
}

/** How many threads each filter shows. */
export function filterCounts(threads: readonly Thread[], userId: string): Record<Filter, number> {
  return {
    all: threads.length,
    open: filterThreads(threads, 'open', userId).length,
    mine: filterThreads(threads, 'mine', userId).length,
  };
}

/** The kinds that there are, each with how many of the filter's threads it shows. */
export function kindCounts(
  threads: readonly Thread[],
  filter: Filter,
  userId: string,
): { kind: Comment['kind']; count: number }[] {
  const counts = KINDS.map((kind) => ({
    kind,
    count: filterThreads(threads, filter, userId, kind).length,
    any: filterThreads(threads, 'all', userId, kind).length,
  }));
  return counts.filter(({ any }) => any > 0).map(({ kind, count }) => ({ kind, count }));
}

/** The next open ask after `atMs`, from the start again when there is none. */
export function nextOpenAsk(threads: readonly Thread[], atMs: number): Comment | null {
  const asks = threads.map((thread) => thread.root).filter((root) => isOpenAsk(root));
  return asks.find((ask) => (ask.at_ms ?? -1) > atMs) ?? asks[0] ?? null;
}
