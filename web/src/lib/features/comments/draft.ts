// A comment that is being written.

import { draftPlace, type DraftPlace } from '$lib/utils/drafts';
import { KINDS, type CommentKind } from './types';

export interface Draft {
  text: string;
  kind: CommentKind;
  /** The moment it is about; null: whatever plays. */
  pinnedMs: number | null;
  endMs: number | null;
  /** It is about the whole update. */
  whole: boolean;
  assigneeId: string;
  dueOn: string;
  urgent: boolean;
}

export const EMPTY: Draft = {
  text: '',
  kind: 'comment',
  pinnedMs: null,
  endMs: null,
  whole: false,
  assigneeId: '',
  dueOn: '',
  urgent: false,
};

const isMoment = (value: unknown): boolean => value === null || typeof value === 'number';

function isDraft(value: unknown): value is Draft {
  if (typeof value !== 'object' || value === null) return false;
  const one = value as Record<keyof Draft, unknown>;
  return (
    typeof one.text === 'string' &&
    KINDS.some((kind) => kind === one.kind) &&
    isMoment(one.pinnedMs) &&
    isMoment(one.endMs) &&
    typeof one.whole === 'boolean' &&
    typeof one.assigneeId === 'string' &&
    typeof one.dueOn === 'string' &&
    typeof one.urgent === 'boolean'
  );
}

/** Where the comment on an update is kept while it is written. */
export function commentDraft(userId: string, updateId: string): DraftPlace<Draft> {
  return draftPlace(userId, updateId, isDraft);
}

/** Where the reply in a thread is kept while it is written. */
export function replyDraft(userId: string, updateId: string, threadId: string): DraftPlace<string> {
  return draftPlace(userId, `${updateId}/${threadId}`, (value) => typeof value === 'string');
}
