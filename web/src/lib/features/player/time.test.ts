import { describe, expect, it } from 'vitest';
import { formatClock, isoSpan, parseTimeParam, timeParam } from './time';

describe('formatClock', () => {
  it('writes minutes and hours, rounding down', () => {
    expect(formatClock(0)).toBe('0:00');
    expect(formatClock(83_999)).toBe('1:23');
    expect(formatClock(3_723_000)).toBe('1:02:03');
    expect(formatClock(Number.NaN)).toBe('0:00');
  });
});

describe('parseTimeParam', () => {
  it('reads every form a link may have', () => {
    expect(parseTimeParam('83')).toBe(83_000);
    expect(parseTimeParam('83.4')).toBe(83_400);
    expect(parseTimeParam('1:23')).toBe(83_000);
    expect(parseTimeParam('1:02:03')).toBe(3_723_000);
    expect(parseTimeParam('1m23s')).toBe(83_000);
    expect(parseTimeParam('1h2m')).toBe(3_720_000);
  });
  it('refuses what is no time', () => {
    for (const bad of ['', 'abc', '-4', '1:2:3:4', null]) expect(parseTimeParam(bad)).toBeNull();
  });
});

describe('timeParam', () => {
  it('goes back through parseTimeParam without landing after the moment', () => {
    for (const ms of [0, 83_000, 83_456, 12_999]) {
      const back = parseTimeParam(timeParam(ms)) ?? -1;
      expect(back).toBeLessThanOrEqual(ms);
      expect(ms - back).toBeLessThan(100);
    }
  });
});

it('isoSpan is a span of seconds', () => expect(isoSpan(83_999)).toBe('PT83S'));
