import { expect, it } from 'vitest';
import { comment } from '../comments/fixtures';
import { toMarks } from './moments';

it('toMarks takes open roots with a moment, and reactions with one', () => {
  const comments = [
    comment('a', { at_ms: 5 }),
    comment('whole'),
    comment('reply', { at_ms: 6, parent_id: 'a' }),
    comment('done', { at_ms: 7, resolved_at: '2026-11-20T10:00:00Z' }),
  ];
  const reactions = [
    { emoji: '👍', at_ms: 9, count: 2, mine: true },
    { emoji: '👍', at_ms: null, count: 4, mine: false },
  ];
  expect(toMarks(comments, reactions).map((mark) => mark.atMs)).toEqual([5, 9]);
});
