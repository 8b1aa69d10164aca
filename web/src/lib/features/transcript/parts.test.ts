import { expect, it } from 'vitest';
import { partOf, toParts } from './parts.svelte';
import { toRows } from './rows';
import type { Segment } from './types';

const segments = (count: number): Segment[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `s${index}`,
    start_ms: index * 1000,
    end_ms: index * 1000 + 900,
    text: ` line ${index}`,
    words: [],
  })) as unknown as Segment[];

it('keeps a short transcript whole', () => {
  const parts = toParts(toRows(segments(300), [], []));
  expect(parts).toHaveLength(1);
  expect(partOf(parts, 299)).toBe(0);
  expect(toParts([])).toEqual([]);
});

it('cuts a long one into parts that hold every row once, in order, and all of its text', () => {
  const parts = toParts(toRows(segments(5000), [], []));
  expect(parts).toHaveLength(500);
  expect(parts.flatMap((part) => part.rows.map((row) => row.index))).toEqual([...Array(5000).keys()]);
  for (const row of [0, 9, 10, 4999]) {
    const part = parts[partOf(parts, row)];
    expect(part?.rows.some((one) => one.index === row)).toBe(true);
    expect(part?.text).toContain(`line ${row}`);
  }
});
