import { expect, it } from 'vitest';
import { Ear, toMeter } from './ear';

it('warns after five seconds without a sound, and no longer once there is one', () => {
  const ear = new Ear();
  expect(ear.hears(0.0001, 0)).toBe(false);
  expect(ear.hears(0.0001, 4_999)).toBe(false);
  expect(ear.hears(0.0001, 5_000)).toBe(true);
  expect(ear.hears(0.05, 5_100)).toBe(false);
  expect(ear.hears(0, 5_200)).toBe(false);
});

it('the meter is empty in silence and full when loud', () => {
  expect(toMeter(0)).toBe(0);
  expect(toMeter(0.0001)).toBe(0);
  expect(toMeter(1)).toBe(1);
  expect(toMeter(0.05)).toBeGreaterThan(0.5);
});
