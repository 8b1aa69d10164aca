import { describe, expect, it } from 'vitest';
import { formatBytes, RateMeter, secondsLeft } from './rate';

describe('RateMeter', () => {
  it('needs some time before it speaks, then measures the window', () => {
    const meter = new RateMeter();
    meter.add(0, 0);
    expect(meter.bytesPerSecond()).toBeNull();
    meter.add(1_000, 500);
    expect(meter.bytesPerSecond()).toBe(500);
    for (let second = 2; second <= 20; second += 1) meter.add(second * 1_000, 500 + (second - 1) * 2_000);
    expect(meter.bytesPerSecond()).toBe(2_000);
  });
  it('starts anew when an upload starts anew', () => {
    const meter = new RateMeter();
    meter.add(0, 0);
    meter.add(1_000, 9_000);
    meter.add(1_500, 100);
    expect(meter.bytesPerSecond()).toBeNull();
  });
});

it('secondsLeft is unknown while nothing moves', () => {
  expect(secondsLeft(50, 100, 10)).toBe(5);
  expect(secondsLeft(50, 100, 0)).toBeNull();
  expect(secondsLeft(50, 100, null)).toBeNull();
});

it('formatBytes picks the unit', () => {
  expect(formatBytes(0, 'en')).toBe('0 bytes');
  expect(formatBytes(1_536_000, 'en')).toBe('1.5 MB');
  expect(formatBytes(999_600, 'en')).toBe('1 MB');
  expect(formatBytes(123_400_000, 'en')).toBe('123 MB');
});
