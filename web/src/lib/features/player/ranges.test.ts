import { describe, expect, it } from 'vitest';
import { seenRatio, subtract, totalMs, unite, wasPlayed, type Range } from './ranges';

describe('unite', () => {
  it('sorts, joins what overlaps or touches, drops the empty', () => {
    const ranges: Range[] = [
      [5, 9],
      [0, 3],
      [3, 4],
      [8, 12],
      [7, 7],
      [20, 15],
    ];
    expect(unite(ranges)).toEqual([
      [0, 4],
      [5, 12],
    ]);
  });
  it('does not change its input', () => {
    const ranges: Range[] = [
      [0, 5],
      [4, 9],
    ];
    unite(ranges);
    expect(ranges).toEqual([
      [0, 5],
      [4, 9],
    ]);
  });
});

it('totalMs counts overlaps once', () =>
  expect(
    totalMs([
      [0, 10],
      [5, 15],
      [20, 21],
    ]),
  ).toBe(16));

describe('subtract', () => {
  it('cuts holes at the edges, in the middle, across spans', () => {
    expect(
      subtract(
        [[0, 10]],
        [
          [2, 3],
          [9, 20],
        ],
      ),
    ).toEqual([
      [0, 2],
      [3, 9],
    ]);
    expect(
      subtract(
        [
          [0, 5],
          [8, 10],
        ],
        [[4, 9]],
      ),
    ).toEqual([
      [0, 4],
      [9, 10],
    ]);
    expect(subtract([[0, 5]], [[0, 5]])).toEqual([]);
  });
});

describe('seenRatio', () => {
  it('leaves silence out on both sides', () => {
    expect(seenRatio([[0, 50]], 100, [[50, 100]])).toBe(1);
    expect(seenRatio([[0, 25]], 100, [[50, 100]])).toBe(0.5);
    expect(seenRatio([[60, 90]], 100, [[50, 100]])).toBe(0);
    expect(seenRatio([], 0, [])).toBe(0);
  });
});

describe('wasPlayed', () => {
  it('tells playback from jumps', () => {
    expect(wasPlayed(0, 250, 250, 1)).toBe(true);
    expect(wasPlayed(250, 750, 250, 2)).toBe(true);
    expect(wasPlayed(0, 60_000, 250, 1)).toBe(false);
    expect(wasPlayed(5_000, 1_000, 250, 1)).toBe(false);
  });
});
