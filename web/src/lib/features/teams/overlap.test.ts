import { describe, expect, it } from 'vitest';
import { pieces, sentence, type Overlap } from './overlap';

const span = (starts_at: string, ends_at: string, n: number): Overlap['spans'][number] => ({
  starts_at,
  ends_at,
  user_ids: Array.from({ length: n }, (_, index) => `u${index}`),
});
const two = span('2026-11-02T09:00:00Z', '2026-11-02T14:00:00Z', 2);
const three = span('2026-11-02T14:00:00Z', '2026-11-02T16:00:00Z', 3);
const overlap: Overlap = {
  from: '2026-11-01T20:00:00Z',
  people: 3,
  away: [],
  spans: [two, three],
  best: three,
  next: three,
  within_days: 14,
};
const now = new Date('2026-11-02T08:12:00Z');

describe('pieces', () => {
  it('stand where they fall in my time', () => {
    const made = pieces(overlap, new Date('2026-11-02T00:00:00Z'), 'Europe/Berlin');
    expect(made.map(({ from, width, best }) => [from, Math.round(width * 100) / 100, best])).toEqual([
      [37.5, 20.83, false],
      [(14 / 24) * 100, 8.33, true],
    ]);
    expect(made.map((one) => one.label)).toEqual(['10:00 to 15:00: 2 of 3', '15:00 to 17:00: 3 of 3']);
  });
  it('are cut at the edges of the strip', () => {
    const late = pieces(overlap, new Date('2026-11-02T15:00:00Z'), 'UTC');
    expect(late.map(({ from, people }) => [from, people])).toEqual([[0, 3]]);
    expect(late[0]?.width).toBeCloseTo(100 / 24, 6);
  });
});

describe('sentence', () => {
  it('says when all work next, in my time', () => {
    expect(sentence(overlap, 'Europe/Berlin', now)).toBe('All 3 work from 15:00 to 17:00.');
    expect(sentence(overlap, 'UTC', new Date('2026-11-02T14:30:00Z'))).toBe('All 3 work now, until 16:00.');
  });
  it('says when the most do, where all never do', () => {
    const some = { ...overlap, people: 4 };
    expect(sentence(some, 'UTC', now)).toBe('3 of 4, the most at once, work from 14:00 to 16:00.');
  });
  it('says that nobody does', () => {
    expect(sentence({ ...overlap, best: null, next: null }, 'UTC', now)).toBe(
      'No two of you work at the same time within 14 days.',
    );
    expect(sentence({ ...overlap, people: 1 }, 'UTC', now)).toBe('Nobody else is here today.');
  });
});
