// What can be done with a comment from where it stands.

import type { Comment } from './types';

export interface CommentActions {
  seek: (ms: number) => void;
  reply: (comment: Comment) => void;
  edit: (comment: Comment, body: string, mentions: string[]) => Promise<boolean>;
  remove: (comment: Comment) => void;
  resolve: (comment: Comment, resolved: boolean) => void;
  copy: (comment: Comment) => void;
}
