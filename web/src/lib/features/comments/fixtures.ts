// A comment for tests: only what matters to the test is told.

import type { Comment } from './types';

export function comment(id: string, more: Partial<Comment> = {}): Comment {
  return {
    id,
    update_id: 'u',
    author: { id: 'ann', display_name: 'Ann' },
    guest: false,
    body: id,
    body_html: `<p>${id}</p>`,
    at_ms: null,
    end_ms: null,
    kind: 'comment',
    parent_id: null,
    assignee: null,
    due_on: null,
    expected_by: null,
    mentions: [],
    priority: 'normal',
    resolved_at: null,
    acknowledged_at: null,
    acknowledge_by: null,
    backup_told_at: null,
    backup: null,
    talk_opened_at: null,
    answer_id: null,
    edited_at: null,
    created_at: '2026-11-20T10:00:00Z',
    deleted_at: null,
    ...more,
  };
}
