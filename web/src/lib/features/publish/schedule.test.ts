import { describe, expect, it } from 'vitest';
import { fromLocalInput, nextWorkingMorning, toLocalInput } from './schedule';

describe('local times', () => {
  it('go there and back in zones with and without halves', () => {
    for (const zone of ['Europe/Berlin', 'Asia/Kolkata', 'Pacific/Chatham', 'UTC', 'America/Los_Angeles']) {
      const instant = new Date('2026-11-23T08:00:00Z');
      expect(fromLocalInput(toLocalInput(instant, zone), zone)).toEqual(instant);
    }
  });
  it('write the zone’s own wall clock', () => {
    expect(toLocalInput(new Date('2026-11-23T20:00:00Z'), 'Asia/Kolkata')).toBe('2026-11-24T01:30');
    expect(fromLocalInput('2026-07-01T09:00', 'Europe/Berlin')?.toISOString()).toBe(
      '2026-07-01T07:00:00.000Z',
    );
  });
  it('refuse what is no time', () => expect(fromLocalInput('soon', 'UTC')).toBeNull());
});

describe('nextWorkingMorning', () => {
  it('is today when the morning is still to come', () => {
    expect(nextWorkingMorning(new Date('2026-11-24T05:00:00Z'), 'Europe/Berlin').toISOString()).toBe(
      '2026-11-24T08:00:00.000Z',
    );
  });
  it('passes over the weekend', () => {
    expect(nextWorkingMorning(new Date('2026-11-20T15:00:00Z'), 'Europe/Berlin').toISOString()).toBe(
      '2026-11-23T08:00:00.000Z',
    );
  });
});
