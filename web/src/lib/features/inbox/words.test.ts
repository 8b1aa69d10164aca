import { expect, it } from 'vitest';
import type { Entry } from './types';
import { href, sentence, title, what, who } from './words';

const entry: Entry = {
  id: 'n1',
  workspace_id: 'w1',
  kind: 'reply',
  update: { id: 'u1', team_id: 't1', title: '', kind: 'video' },
  comment_id: 'c1',
  at_ms: 83_400,
  round_id: null,
  round: null,
  actors: [{ id: '1', display_name: 'Ben', time_zone: 'UTC' }],
  count: 1,
  excerpt: 'Yes',
  at: '2026-11-02T09:00:00Z',
  read_at: null,
};

const round = {
  id: 'r1',
  team_id: 't1',
  name: 'Stand-up',
  date: '2026-11-02',
  due_at: '2026-11-02T12:00:00Z',
  state: 'waiting' as const,
  waits: true,
};

it('a round that waits leads to the recorder, one that does not to itself', () => {
  const now = new Date('2026-11-02T09:00:00Z');
  const waits = { ...entry, kind: 'round' as const, update: null, comment_id: null, actors: [], round };
  expect(sentence(waits, 'UTC', now)).toBe('Stand-up waits for your answer until 12:00');
  expect(href(waits)).toBe('/record?team=t1&round_id=r1');
  const answered = { ...waits, round: { ...round, state: 'answered' as const, waits: false } };
  expect(sentence(answered, 'UTC', now)).toBe('You have answered Stand-up');
  expect(href(answered)).toBe('/r/r1');
  const over = { ...waits, round: { ...round, waits: false } };
  expect(sentence(over, 'UTC', now)).toBe('Stand-up ended without your answer');
});

it('an entry says who did what and leads there', () => {
  expect([who(entry), what(entry), title(entry)]).toEqual(['Ben', 'replied on', 'Untitled update']);
  expect(href(entry)).toBe('/u/u1?t=83#comment-c1');
  const more = {
    ...entry,
    count: 3,
    actors: [...entry.actors, { id: '2', display_name: 'Ada', time_zone: 'UTC' }],
  };
  expect([who(more), what(more)]).toEqual(['Ben and 1 other', 'replied 3 times on']);
  expect(href({ ...entry, at_ms: null, comment_id: null })).toBe('/u/u1');
});
