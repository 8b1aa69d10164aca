// What can be done with a comment from where it stands.

import type { Comment } from './types';

export interface CommentActions {
  seek: (ms: number) => void;
  reply: (comment: Comment) => void;
  edit: (comment: Comment, body: string, mentions: string[]) => Promise<boolean>;
  remove: (comment: Comment) => void;
  resolve: (comment: Comment, resolved: boolean) => void;
  copy: (comment: Comment) => void;
  /** Takes a reply as its question's answer, or takes that back (null). */
  accept: (question: Comment, replyId: string | null) => void;
  /** "Got it" to an ask. */
  acknowledge: (comment: Comment) => void;
  /** When and where the thread's people talk live. */
  talk: (comment: Comment) => void;
  /** Shows what it said before. */
  history: (comment: Comment) => void;
}
