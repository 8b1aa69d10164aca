import { describe, expect, it } from 'vitest';
import { clusterMarks } from './marks';

const marks = [0, 1_000, 1_400, 50_000, 100_000].map((atMs) => ({ atMs, item: String(atMs) }));

describe('clusterMarks', () => {
  it('joins neighbours by pixels, not by time', () => {
    expect(clusterMarks(marks, 100_000, 1_000, 20).map((cluster) => cluster.items.length)).toEqual([3, 1, 1]);
    expect(clusterMarks(marks, 100_000, 100_000, 20).map((cluster) => cluster.items.length)).toEqual([
      1, 1, 1, 1, 1,
    ]);
  });
  it('puts marks in percent and leaves out what lies beyond the end', () => {
    const clusters = clusterMarks([...marks, { atMs: 200_000, item: 'late' }], 100_000, 1_000, 1);
    expect(clusters.at(-1)).toEqual({ atMs: 100_000, x: 100, items: ['100000'] });
  });
  it('joins the same moment before it is known how wide the line is', () => {
    const same = [5_000, 5_000].map((atMs) => ({ atMs, item: String(atMs) }));
    expect(clusterMarks(same, 100_000, 0, 20)).toHaveLength(1);
  });
  it('has nothing to show without a length', () => expect(clusterMarks(marks, 0, 1_000, 20)).toEqual([]));
});
