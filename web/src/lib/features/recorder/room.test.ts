import { expect, it } from 'vitest';
import { roomOf } from './room';

const MB = 1024 * 1024;

it('free space counts only while there is something to keep', () => {
  expect(roomOf({ quota: 10 * MB, usage: 9 * MB }, 0)).toBe('enough');
  expect(roomOf({ quota: 1000 * MB, usage: 100 * MB }, 50 * MB)).toBe('enough');
  expect(roomOf({ quota: 250 * MB, usage: 100 * MB }, 50 * MB)).toBe('low');
  expect(roomOf({ quota: 110 * MB, usage: 100 * MB }, 50 * MB)).toBe('none');
  expect(roomOf({}, 50 * MB)).toBe('enough');
});

it('a piece that could not be kept says more than the estimate', () => {
  const plenty = { quota: 10_000 * MB, usage: 1 };
  expect(roomOf(plenty, 1 * MB, true)).toBe('low');
  expect(roomOf(plenty, 65 * MB, true)).toBe('none');
  expect(roomOf(plenty, 0, true)).toBe('enough');
});
