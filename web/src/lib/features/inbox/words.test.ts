import { expect, it } from 'vitest';
import type { Entry } from './types';
import { href, title, what, who } from './words';

const entry: Entry = {
  id: 'n1',
  workspace_id: 'w1',
  kind: 'reply',
  update: { id: 'u1', team_id: 't1', title: '', kind: 'video' },
  comment_id: 'c1',
  at_ms: 83_400,
  round_id: null,
  actors: [{ id: '1', display_name: 'Ben', time_zone: 'UTC' }],
  count: 1,
  excerpt: 'Yes',
  at: '2026-11-02T09:00:00Z',
  read_at: null,
};

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
