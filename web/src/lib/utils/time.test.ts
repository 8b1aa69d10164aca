import { describe, expect, it } from 'vitest';
import { ago, bothTimes, length, zoneTime } from './time';

const at = new Date('2026-11-18T03:44:00Z');

describe('times', () => {
  it('shows the viewer first and the sender beside', () => {
    expect(bothTimes(at, 'Europe/Berlin', 'Asia/Kolkata')).toBe('04:44, 09:14 in Kolkata');
    expect(bothTimes(at, 'Europe/Berlin', 'Europe/Paris')).toBe('04:44');
    expect(zoneTime(at, 'America/Sao_Paulo')).toBe('00:44 in Sao Paulo');
  });
  it('tells ages and lengths', () => {
    expect(ago(at, new Date('2026-11-18T03:44:20Z'))).toBe('just now');
    expect(ago(at, new Date('2026-11-18T06:44:00Z'))).toBe('3 h ago');
    expect(length(65_400)).toBe('1:05');
    expect(length(3_723_000)).toBe('1:02:03');
  });
});
