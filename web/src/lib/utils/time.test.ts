import { describe, expect, it } from 'vitest';
import { age, clock, isoDay, length, longDay, minutesOfDay, place, span, weekday, when } from './time';

const now = new Date('2026-11-18T08:12:00Z'); // 09:12 in Berlin

describe('when', () => {
  it('shows the sender’s clock beside mine', () => {
    expect(when('2026-11-18T03:44:00Z', 'Europe/Berlin', 'Asia/Kolkata', now)).toBe(
      '04:44, 09:14 in Kolkata',
    );
  });
  it('says yesterday by the viewer’s calendar', () => {
    expect(when('2026-11-17T20:20:00Z', 'Europe/Berlin', 'Pacific/Auckland', now)).toBe(
      'yesterday 21:20, 09:20 in Auckland',
    );
  });
  it('leaves out a sender in the same offset', () => {
    expect(when('2026-11-18T03:44:00Z', 'Europe/Berlin', 'Europe/Paris', now)).toBe('04:44');
  });
  it('names the day, and the year when it is another', () => {
    expect(when('2026-11-13T08:00:00Z', 'Europe/Berlin', null, now)).toBe('Fri 13 Nov 09:00');
    expect(when('2025-11-13T08:00:00Z', 'Europe/Berlin', null, now)).toBe('13 Nov 2025 09:00');
  });
});

describe('zones', () => {
  it('tells the time, day and weekday of a place', () => {
    expect(clock(now, 'Asia/Kolkata')).toBe('13:42');
    expect(minutesOfDay(now, 'Asia/Kolkata')).toBe(13 * 60 + 42);
    expect(isoDay(new Date('2026-11-18T12:30:00Z'), 'Pacific/Auckland')).toBe('2026-11-19');
    expect(weekday(new Date('2026-11-18T12:30:00Z'), 'Pacific/Auckland')).toBe('th');
    expect(longDay(now, 'Europe/Berlin')).toBe('Wednesday 18 November');
  });
  it('midnight is minute 0', () => {
    expect(minutesOfDay(new Date('2026-11-18T23:00:00Z'), 'Europe/Berlin')).toBe(0);
  });
  it('takes UTC for a zone that does not exist', () => {
    expect(clock(now, 'Mars/Olympus')).toBe('08:12');
  });
  it('reads the place from a name', () => {
    expect(place('America/Argentina/Buenos_Aires')).toBe('Buenos Aires');
    expect(place('Asia/Calcutta')).toBe('Kolkata');
  });
});

describe('lengths', () => {
  it('writes minutes and hours', () => {
    expect(length(298_900)).toBe('4:58');
    expect(length(3_723_000)).toBe('1:02:03');
    expect(span(228)).toBe('3 h 48 min');
    expect(span(60)).toBe('1 h');
    expect(span(5)).toBe('5 min');
  });
  it('writes ages', () => {
    expect(age('2026-11-18T08:11:30Z', now)).toBe('just now');
    expect(age('2026-11-18T08:02:00Z', now)).toBe('10 minutes ago');
    expect(age('2026-11-17T08:00:00Z', now)).toBe('yesterday');
    expect(age('2026-11-20T08:12:00Z', now)).toBe('in 2 days');
  });
});
