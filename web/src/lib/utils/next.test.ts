import { describe, expect, it } from 'vitest';
import { safeNext, signInFor } from './next';

const origin = 'https://meridian.example';

describe('safeNext', () => {
  it('keeps a path with its query', () => {
    expect(safeNext('/u/0193?t=83', origin)).toBe('/u/0193?t=83');
  });
  it.each([
    null,
    '',
    'u/1',
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    '/sign-in?next=/',
  ])('refuses %j', (value) => {
    expect(safeNext(value, origin)).toBe('/');
  });
});

describe('signInFor', () => {
  it('brings the second along', () => {
    const url = new URL('/u/0193?t=83', origin);
    const link = new URL(signInFor(url), origin);
    expect(safeNext(link.searchParams.get('next'), origin)).toBe('/u/0193?t=83');
  });
  it('is plain for the home page', () => {
    expect(signInFor(new URL('/', origin))).toBe('/sign-in');
  });
});
