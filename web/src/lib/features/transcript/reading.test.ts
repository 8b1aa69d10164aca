import { describe, expect, it } from 'vitest';
import { ReadingLog, readingMs } from './reading';

const segment = (id: string, start_ms: number, end_ms: number, words: number) => ({
  id,
  start_ms,
  end_ms,
  words: Array(words),
});
const segments = [
  segment('a', 500, 4_000, 10),
  segment('b', 5_000, 9_000, 10),
  segment('c', 9_500, 12_000, 10),
];

describe('ReadingLog', () => {
  it('counts a segment once it was in view long enough, from the top', () => {
    const log = new ReadingLog();
    const view = new Set(['a', 'b']);
    expect(log.look(segments, view, 1_000)).toEqual([]);
    expect(log.look(segments, view, 200)).toEqual([[0, 5_000]]);
    expect(log.look(segments, view, 1_200)).toEqual([[5_000, 9_500]]);
    expect(log.look(segments, view, 10_000)).toEqual([]);
  });
  it('does not count what was scrolled past', () => {
    const log = new ReadingLog();
    for (const id of ['a', 'b', 'c']) expect(log.look(segments, new Set([id]), 200)).toEqual([]);
  });
  it('gives the last segment its own end', () => {
    expect(new ReadingLog().look(segments, new Set(['c']), 5_000)).toEqual([[9_500, 12_000]]);
  });
});

it('readingMs has a floor', () => {
  expect(readingMs(1)).toBe(350);
  expect(readingMs(500)).toBe(60_000);
});
