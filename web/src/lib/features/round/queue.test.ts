import { expect, it } from 'vitest';
import { chosen, grouped, lengthOf } from './queue';
import type { Round } from './types';

const item = (update_id: string, from_ms: number, to_ms: number, reason: string) => ({
  update_id,
  from_ms,
  to_ms,
  reason,
});
const items = [
  item('b', 30_000, 40_000, 'blocker'),
  item('a', 0, 10_000, 'answer'),
  item('a', 12_000, 22_000, 'answer'),
  item('c', 0, 0, 'answer'),
];
const round = {
  playlist: { items },
  responses: [
    { update: { id: 'a', my_watch: { seen: true } } },
    { update: { id: 'b', my_watch: { seen: false } } },
    { update: { id: 'c', my_watch: { seen: false } } },
  ],
} as unknown as Round;

it('plays everything, only blockers, or only what is unseen', () => {
  expect(chosen(round, { onlyBlockers: false, onlyUnseen: false })).toEqual(items);
  expect(chosen(round, { onlyBlockers: true, onlyUnseen: false })).toEqual([items[0]]);
  expect(chosen(round, { onlyBlockers: false, onlyUnseen: true })).toEqual([items[0], items[3]]);
});

it('says how long that takes at a speed', () => {
  expect(lengthOf(items, 1)).toBe(30_000);
  expect(lengthOf(items, 1.5)).toBe(20_000);
});

it('shows stretches of one answer as one entry', () => {
  expect(grouped(items).map((group) => [group.first, group.items.length])).toEqual([
    [0, 1],
    [1, 2],
    [3, 1],
  ]);
});
