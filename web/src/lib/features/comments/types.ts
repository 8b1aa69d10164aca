// The comment as the server gives it (docs: "Comments, reactions, watching"), as far as the app needs it.
import type { components } from '$lib/api/schema';

type Schemas = components['schemas'];

export type CommentKind = Schemas['CommentKind'];
export const KINDS: readonly CommentKind[] = ['comment', 'question', 'decision', 'action', 'blocker'];

/** Whoever is shown beside a comment; their zone is known where the server told it. */
export type Person = Pick<Schemas['PersonView'], 'id' | 'display_name'> & Partial<Schemas['PersonView']>;

export type Comment = Omit<
  Schemas['Comment'],
  'author' | 'assignee' | 'backup' | 'resolved_by' | 'version'
> & {
  author: Person;
  assignee: Person | null;
  backup: Person | null;
};

/** When and where the people of a thread talk live. */
export type Talk = Schemas['Talk'];

/** What a comment said before. */
export type CommentVersion = Schemas['CommentVersion'];

/** What is sent for a new comment. */
export interface NewComment {
  body: string;
  at_ms?: number;
  end_ms?: number;
  kind?: CommentKind;
  parent_id?: string;
  assignee_id?: string;
  due_on?: string;
  mentions?: string[];
  priority?: 'urgent';
}
