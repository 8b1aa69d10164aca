import { describe, expect, it } from 'vitest';
import {
  filterCounts,
  filterThreads,
  isToMe,
  kindCounts,
  nextOpenAsk,
  toThreads,
  type Filter,
} from './threads';
import { comment } from './fixtures';
import type { CommentKind } from './types';

const list = [
  comment('late', { at_ms: 9_000, kind: 'question' }),
  comment('whole'),
  comment('early', { at_ms: 1_000, kind: 'blocker', assignee: { id: 'bob', display_name: 'Bob' } }),
  comment('r2', { parent_id: 'late', created_at: '2026-11-20T12:00:00Z' }),
  comment('r1', { parent_id: 'late', created_at: '2026-11-20T11:00:00Z' }),
  comment('lost', { parent_id: 'gone' }),
];

describe('toThreads', () => {
  it('orders by moment, the whole last, replies by time', () => {
    const threads = toThreads(list);
    expect(threads.map((t) => t.root.id)).toEqual(['early', 'late', 'whole']);
    expect(threads[1]?.replies.map((r) => r.id)).toEqual(['r1', 'r2']);
  });
});

describe('filters', () => {
  const threads = toThreads(list);
  it('count what they show', () => {
    expect(filterCounts(threads, 'bob')).toEqual({ all: 3, open: 2, mine: 1 });
    expect(filterThreads(threads, 'mine', 'bob').map((t) => t.root.id)).toEqual(['early']);
  });
  it('resolved asks are open no more', () => {
    const done = toThreads([comment('q', { kind: 'question', resolved_at: '2026-11-21T00:00:00Z' })]);
    expect(filterCounts(done, 'bob').open).toBe(0);
  });
  it('only an open ask that is addressed to me is to me', () => {
    const assignee = { id: 'bob', display_name: 'Bob' };
    expect(isToMe(comment('q', { kind: 'question', assignee }), 'bob')).toBe(true);
    expect(isToMe(comment('q', { kind: 'question', assignee }), 'ann')).toBe(false);
    expect(isToMe(comment('q', { kind: 'question', mentions: ['bob'] }), 'bob')).toBe(false);
    expect(isToMe(comment('c', { assignee }), 'bob')).toBe(false);
    const done = { kind: 'action', assignee, resolved_at: '2026-11-21T00:00:00Z' } as const;
    expect(isToMe(comment('a', done), 'bob')).toBe(false);
  });
});

describe('kinds', () => {
  const threads = toThreads([
    ...list,
    comment('answer', { parent_id: 'whole', kind: 'action', assignee: { id: 'bob', display_name: 'Bob' } }),
  ]);
  const shown = (filter: Filter, userId: string, kind: CommentKind | null) =>
    filterThreads(threads, filter, userId, kind).map((t) => t.root.id);

  it('are found in replies too, but plain comments by what began the thread', () => {
    expect(shown('all', 'bob', 'action')).toEqual(['whole']);
    expect(shown('all', 'bob', 'comment')).toEqual(['whole']);
    expect(shown('all', 'bob', null)).toHaveLength(3);
  });
  it('go together with what is open and to me, of one and the same comment', () => {
    expect(shown('mine', 'bob', 'action')).toEqual(['whole']);
    expect(shown('mine', 'bob', 'question')).toEqual([]);
    expect(shown('open', 'bob', 'question')).toEqual(['late']);
  });
  it('are offered where there are any, with what the filter leaves', () => {
    expect(kindCounts(threads, 'mine', 'bob')).toEqual([
      { kind: 'comment', count: 0 },
      { kind: 'question', count: 0 },
      { kind: 'action', count: 1 },
      { kind: 'blocker', count: 1 },
    ]);
  });
});

it('nextOpenAsk goes on and round', () => {
  const threads = toThreads(list);
  expect(nextOpenAsk(threads, 0)?.id).toBe('early');
  expect(nextOpenAsk(threads, 1_000)?.id).toBe('late');
  expect(nextOpenAsk(threads, 9_000)?.id).toBe('early');
  expect(nextOpenAsk([], 0)).toBeNull();
});
