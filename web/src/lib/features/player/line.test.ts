import { describe, expect, it } from 'vitest';
import { clampTo, lineOf, percentOf } from './line';

describe('lineOf', () => {
  it('is the whole without a trim, and grows with the media', () => {
    expect(lineOf({ duration_ms: 10_000, trim: null }, 9_990, 0)).toEqual({
      startMs: 0,
      endMs: 10_000,
      originMs: 0,
    });
    expect(lineOf({ duration_ms: null, trim: null }, 4_000, 0).endMs).toBe(4_000);
    expect(lineOf({ duration_ms: null, trim: null }, Number.NaN, 0).endMs).toBe(0);
  });
  it('puts the media’s zero before the trim by what its list asks to leave out', () => {
    expect(lineOf({ duration_ms: 5_000, trim: { start_ms: 9_000, end_ms: 14_000 } }, 8_000, 1_000)).toEqual({
      startMs: 9_000,
      endMs: 14_000,
      originMs: 8_000,
    });
  });
});

it('percentOf and clampTo stay inside', () => {
  const line = { startMs: 1_000, endMs: 3_000, originMs: 0 };
  expect(percentOf(line, 2_000)).toBe(50);
  expect(percentOf(line, 0)).toBe(0);
  expect(clampTo(line, 9_000)).toBe(3_000);
  expect(percentOf({ startMs: 0, endMs: 0, originMs: 0 }, 5)).toBe(0);
});
