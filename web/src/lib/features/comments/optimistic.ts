// The list while answers are under way: shown at once, corrected by the server, put back when it refuses.

import { nowIso } from './now';
import type { Comment, NewComment, Person } from './types';

/** A new comment as it is shown until the server has it. */
export function meanwhile(
  id: string,
  updateId: string,
  comment: NewComment,
  author: Person,
  assignee: Person | null,
): Comment {
  return {
    id,
    update_id: updateId,
    author,
    guest: false,
    body: comment.body,
    body_html: '',
    at_ms: comment.at_ms ?? null,
    end_ms: comment.end_ms ?? null,
    kind: comment.kind ?? 'comment',
    parent_id: comment.parent_id ?? null,
    assignee,
    due_on: comment.due_on ?? null,
    expected_by: null,
    mentions: comment.mentions ?? [],
    priority: comment.priority ?? 'normal',
    acknowledge_by: null,
    backup_told_at: null,
    backup: null,
    talk_opened_at: null,
    resolved_at: null,
    acknowledged_at: null,
    answer_id: null,
    edited_at: null,
    created_at: nowIso(),
    deleted_at: null,
  };
}

/** Puts a comment into the list, or in place of its former self. Keeps the order of creation. */
export function upsert(list: readonly Comment[], comment: Comment): Comment[] {
  const at = list.findIndex((other) => other.id === comment.id);
  if (at >= 0) return list.map((other, index) => (index === at ? comment : other));
  return [...list, comment];
}

/** Takes a comment out. Of one with replies its place stays, without its words, until the last of them is gone. */
export function remove(list: readonly Comment[], id: string): Comment[] {
  if (list.some((comment) => comment.parent_id === id))
    return list.map((comment) => (comment.id === id ? blank(comment) : comment));
  const parent = list.find((comment) => comment.id === id)?.parent_id ?? null;
  const left = list.filter((comment) => comment.id !== id);
  if (parent === null || left.some((comment) => comment.parent_id === parent)) return left;
  return left.filter((comment) => comment.id !== parent || comment.deleted_at === null);
}

/** What is left of a deleted comment with replies, as the server tells it. */
function blank(comment: Comment): Comment {
  return {
    ...comment,
    body: '',
    body_html: '',
    kind: 'comment',
    assignee: null,
    due_on: null,
    expected_by: null,
    mentions: [],
    resolved_at: null,
    acknowledged_at: null,
    answer_id: null,
    edited_at: null,
    deleted_at: nowIso(),
  };
}

/** Puts the server's comment in the place of the one shown meanwhile; an event may have brought it already. */
export function settle(list: readonly Comment[], pendingId: string, saved: Comment): Comment[] {
  if (list.some((comment) => comment.id === saved.id))
    return remove(list, pendingId).map((c) => (c.id === saved.id ? saved : c));
  return list.map((comment) => (comment.id === pendingId ? saved : comment));
}

/** Whether what is shown meanwhile is this comment of the server. */
export function isSame(shown: Comment, saved: Comment): boolean {
  return (
    shown.author.id === saved.author.id &&
    shown.body.trim() === saved.body.trim() &&
    shown.kind === saved.kind &&
    shown.parent_id === saved.parent_id &&
    shown.at_ms === saved.at_ms
  );
}
