import { expect, it } from 'vitest';
import { remove, settle, upsert } from './optimistic';
import { comment } from './fixtures';

it('upsert adds once and replaces in place', () => {
  const list = [comment('a'), comment('b')];
  expect(upsert(list, comment('c')).map((c) => c.id)).toEqual(['a', 'b', 'c']);
  const changed = upsert(list, comment('a', { body: 'new' }));
  expect(changed.map((c) => c.id)).toEqual(['a', 'b']);
  expect(changed[0]?.body).toBe('new');
});

it('remove takes the replies too', () => {
  expect(
    remove([comment('a'), comment('r', { parent_id: 'a' }), comment('b')], 'a').map((c) => c.id),
  ).toEqual(['b']);
});

it('settle leaves one comment whether the event or the answer comes first', () => {
  const pending = [comment('a'), comment('pending')];
  expect(settle(pending, 'pending', comment('real')).map((c) => c.id)).toEqual(['a', 'real']);
  expect(settle([...pending, comment('real')], 'pending', comment('real')).map((c) => c.id)).toEqual([
    'a',
    'real',
  ]);
});
