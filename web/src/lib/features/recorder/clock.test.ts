import { expect, it } from 'vitest';
import { Clock, nearness, shortest } from './clock';

it('counts what is recorded, not the pauses', () => {
  const clock = new Clock();
  expect(clock.elapsed(5)).toBe(0);
  clock.start(1_000);
  expect(clock.elapsed(1_500)).toBe(500);
  clock.pause(2_000);
  expect(clock.elapsed(9_000)).toBe(1_000);
  clock.start(10_000);
  clock.start(10_400);
  expect(clock.elapsed(11_000)).toBe(2_000);
});

it('tells when the limit is near', () => {
  expect(nearness(9_999_999, null)).toBe('far');
  expect(nearness(200_000, 300_000)).toBe('far');
  expect(nearness(270_000, 300_000)).toBe('soon');
  expect(nearness(300_000, 300_000)).toBe('over');
});

it('keeps to the shorter limit', () => {
  expect(shortest(undefined, null)).toBeNull();
  expect(shortest(null, 90_000)).toBe(90_000);
  expect(shortest(60_000, 90_000)).toBe(60_000);
});
