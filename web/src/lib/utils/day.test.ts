import { describe, expect, it } from 'vitest';
import { dayOf, minutes } from './day';

const hours = { days: ['mo', 'tu', 'we', 'th', 'fr'], start: '09:00', end: '17:00' };

describe('dayOf', () => {
  it('tells what is left of the working day', () => {
    // Wednesday 13:00 in Berlin
    expect(dayOf(new Date('2026-11-18T12:00:00Z'), 'Europe/Berlin', hours)).toEqual({
      state: 'day',
      left: 50,
      startsIn: 0,
    });
  });
  it('tells how long until work begins', () => {
    // 05:12 in São Paulo
    expect(dayOf(new Date('2026-11-18T08:12:00Z'), 'America/Sao_Paulo', hours)).toEqual({
      state: 'night',
      left: 0,
      startsIn: 228,
    });
  });
  it('is off work on a Saturday', () => {
    expect(dayOf(new Date('2026-11-21T12:00:00Z'), 'Europe/Berlin', hours).state).toBe('edge');
  });
  it('takes hours over midnight', () => {
    const late = { ...hours, start: '22:00', end: '06:00' };
    expect(dayOf(new Date('2026-11-18T22:00:00Z'), 'Europe/Berlin', late)).toMatchObject({
      state: 'day',
      left: 88,
    });
  });
  it('reads times', () => {
    expect(minutes('09:30')).toBe(570);
  });
});
