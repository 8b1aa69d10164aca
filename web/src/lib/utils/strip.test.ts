import { describe, expect, it } from 'vitest';
import { begin, offset, strip, type Who } from './strip';

const now = new Date('2026-11-18T08:12:00Z'); // 09:12 in Berlin
const working_hours = { days: ['mo', 'tu', 'we', 'th', 'fr'], start: '09:00', end: '17:00' };
const who = (id: string, time_zone: string): Who => ({ id, display_name: id, time_zone, working_hours });
const mira = who('mira', 'Europe/Berlin');

describe('strip', () => {
  const made = strip([who('aroha', 'Pacific/Auckland'), who('luiza', 'America/Sao_Paulo'), mira], mira, now);

  it('begins twelve hours ago, at a full hour of mine', () => {
    expect(made.axis[0]).toEqual({ at: 0, label: '21' });
    expect(made.axis[4]).toEqual({ at: 50, label: '09' });
    expect(made.now).toBeCloseTo(50.83, 2);
  });
  it('orders places from the east', () => {
    expect(made.rows.map((row) => row.place)).toEqual(['Auckland', 'Berlin', 'Sao Paulo']);
    expect(made.rows.map((row) => row.me)).toEqual([false, true, false]);
  });
  it('puts working hours where they fall', () => {
    const berlin = made.rows[1];
    expect(berlin?.shift).toBeCloseTo(0.875, 3);
    expect(berlin?.hours).toEqual([{ from: 50, width: (8 / 24) * 100 }]);
  });
  it('cuts hours at the edges of the day', () => {
    // Auckland, 09:00 on: 21:00 yesterday in Berlin.
    expect(made.rows[0]?.hours[0]?.from).toBe(0);
  });
  it('gives those in one zone who work at other hours a row of their own', () => {
    const hours = { ...working_hours, start: '12:00', end: '20:00' };
    const late = { ...who('late', 'Europe/Berlin'), working_hours: hours };
    const rows = strip([late, who('jonas', 'Europe/Berlin')], mira, now).rows;
    expect(rows.map((row) => row.people.map((one) => one.id))).toEqual([['mira', 'jonas'], ['late']]);
    expect(rows.map((row) => row.me)).toEqual([true, false]);
    expect(rows[1]?.hours[0]?.from).toBeCloseTo(62.5, 6);
  });
  it('begins at an instant', () => {
    expect(begin(mira, now).start.toISOString()).toBe('2026-11-17T20:00:00.000Z');
  });
  it('leaves out days off', () => {
    const saturday = strip([], mira, new Date('2026-11-21T08:12:00Z'));
    expect(saturday.rows[0]?.hours).toEqual([]);
  });
});

describe('offset', () => {
  it('counts over the date line', () => {
    expect(offset('Pacific/Auckland', now)).toBe(13 * 60);
    expect(offset('Pacific/Honolulu', now)).toBe(-10 * 60);
    expect(offset('Asia/Kolkata', now)).toBe(330);
  });
});
