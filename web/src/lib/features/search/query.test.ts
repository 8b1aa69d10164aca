import { describe, expect, it } from 'vitest';
import { addressOf, filtered, hitLink, isEmpty, readQuery } from './query';

describe('the address', () => {
  it('keeps words and filters', () => {
    const query = readQuery(new URLSearchParams('q=retry+limit&team_id=1&x=2'));
    expect(addressOf(query)).toBe('/search?q=retry+limit&team_id=1');
    expect(filtered(query)).toBe(true);
    expect(isEmpty(query)).toBe(false);
  });
  it('is plain when nothing is asked', () => {
    const query = readQuery(new URLSearchParams('q='));
    expect(addressOf(query)).toBe('/search');
    expect(filtered(query)).toBe(false);
    expect(isEmpty({ ...query, q: '  ' })).toBe(true);
  });
});

describe('hitLink', () => {
  it('never lands after the word', () => {
    expect(hitLink('u1', 83_460)).toBe('/u/u1?t=83.4');
    expect(hitLink('u1', 0)).toBe('/u/u1?t=0');
    expect(hitLink('u1', null)).toBe('/u/u1');
  });
  it('leads to a comment', () => {
    expect(hitLink('u1', 2000, 'c1')).toBe('/u/u1?t=2#comment-c1');
  });
});
