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

it('remove leaves a place where there are replies, until the last one goes', () => {
  const replies = [comment('r', { parent_id: 'a' }), comment('s', { parent_id: 'a' })];
  const without = remove([comment('a', { kind: 'question' }), ...replies, comment('b')], 'a');
  expect(without.map((c) => c.id)).toEqual(['a', 'r', 's', 'b']);
  expect(without[0]).toMatchObject({ body: '', body_html: '', kind: 'comment' });
  expect(without[0]?.deleted_at).not.toBeNull();
  const one = remove(without, 'r');
  expect(one.map((c) => c.id)).toEqual(['a', 's', 'b']);
  expect(remove(one, 's').map((c) => c.id)).toEqual(['b']);
  expect(remove([comment('a'), comment('r', { parent_id: 'a' })], 'r').map((c) => c.id)).toEqual(['a']);
});

it('settle leaves one comment whether the event or the answer comes first', () => {
  const pending = [comment('a'), comment('pending')];
  expect(settle(pending, 'pending', comment('real')).map((c) => c.id)).toEqual(['a', 'real']);
  expect(settle([...pending, comment('real')], 'pending', comment('real')).map((c) => c.id)).toEqual([
    'a',
    'real',
  ]);
});
