import { expect, it } from 'vitest';
import { chosen, grouped, lengthOf, neighbour, ofQueue, textsIn } from './queue';
import type { Round } from '$lib/features/round/types';

const item = (update_id: string, from_ms: number, to_ms: number, reason: string) => ({
  update_id,
  from_ms,
  to_ms,
  reason,
  part: from_ms === 12_000 ? 'p2' : null,
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
    {
      update: { id: 'a', my_watch: { seen: true } },
      by_prompt: [{ prompt_id: 'p2', start_ms: 12_000, end_ms: 30_000 }],
    },
    { update: { id: 'b', my_watch: { seen: false } }, by_prompt: [] },
    { update: { id: 'c', my_watch: { seen: false } }, by_prompt: [] },
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

it('skips by person and by question', () => {
  expect(neighbour(items, 1, 1, 'person')).toBe(3);
  expect(neighbour(items, 1, 1, 'part')).toBe(2);
  expect(neighbour(items, 3, -1, 'person')).toBe(1);
  expect(neighbour(items, 3, -1, 'part')).toBe(2);
  expect(neighbour(items, 0, -1, 'person')).toBe(0);
  expect(neighbour(items, 3, 1, 'person')).toBe(4);
});

it('plays of a queue what is neither silent nor seen, and reads its texts', () => {
  const queue = [
    {
      update_id: 'a',
      reason: 'ask',
      parts: [
        [0, 4000],
        [5000, 9000],
      ],
    },
    { update_id: 'b', reason: 'update', parts: [] },
  ] as unknown as Parameters<typeof ofQueue>[0];
  const list = ofQueue(queue);
  expect(list.map((piece) => [piece.update_id, piece.from_ms, piece.to_ms])).toEqual([
    ['a', 0, 4000],
    ['a', 5000, 9000],
    ['b', 0, 0],
  ]);
  expect([lengthOf(list, 2), textsIn(list)]).toEqual([4000, 1]);
});
