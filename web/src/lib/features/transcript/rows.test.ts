import { expect, it } from 'vitest';
import { comment } from '../comments/fixtures';
import { toRows } from './rows';

const segment = (id: string, start_ms: number, end_ms: number) => ({
  id,
  start_ms,
  end_ms,
  text: id,
  words: [],
});
const segments = [segment('a', 1_000, 3_000), segment('b', 3_500, 6_000), segment('c', 20_000, 22_000)];

it('toRows puts chapters, comments and long pauses where they belong', () => {
  const chapters = [
    { at_ms: 0, title: 'Start' },
    { at_ms: 10_000, title: 'End' },
  ];
  const comments = [
    comment('x', { at_ms: 500 }),
    comment('y', { at_ms: 4_000 }),
    comment('z', { at_ms: 4_000, parent_id: 'y' }),
    comment('w'),
  ];
  const rows = toRows(segments, chapters, comments);
  expect(rows.map((row) => row.chapter)).toEqual(['Start', null, 'End']);
  expect(rows.map((row) => row.comments.map((c) => c.id))).toEqual([['x'], ['y'], []]);
  expect(rows.map((row) => row.pauseMs)).toEqual([0, 0, 14_000]);
  expect(toRows([], chapters, comments)).toEqual([]);
});
