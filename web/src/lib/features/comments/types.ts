// The comment as the server gives it (docs: "Comments, reactions, watching").

export type CommentKind = 'comment' | 'question' | 'decision' | 'action' | 'blocker';
export const KINDS: readonly CommentKind[] = ['comment', 'question', 'decision', 'action', 'blocker'];

export interface Person {
  id: string;
  display_name: string;
  time_zone?: string;
}

export interface Comment {
  id: string;
  update_id: string;
  author: Person;
  body: string;
  body_html: string;
  at_ms: number | null;
  end_ms: number | null;
  kind: CommentKind;
  parent_id: string | null;
  assignee: Person | null;
  due_on: string | null;
  expected_by: string | null;
  mentions: string[];
  priority: 'normal' | 'urgent';
  resolved_at: string | null;
  answer_id: string | null;
  edited_at: string | null;
  created_at: string;
}
