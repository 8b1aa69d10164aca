import { describe, expect, it } from 'vitest';
import { readPrefs, stepRate } from './prefs';

describe('readPrefs', () => {
  it('survives whatever was stored', () => {
    for (const odd of [null, '', '{', '3', '"x"', '{"rate":"fast"}']) expect(readPrefs(odd).rate).toBe(1);
    expect(readPrefs('{"rate":9,"captions":true}')).toMatchObject({ rate: 3, captions: true });
  });
});

it('stepRate walks the list and stays at its ends', () => {
  expect(stepRate(1, 1)).toBe(1.25);
  expect(stepRate(1.1, -1)).toBe(1);
  expect(stepRate(3, 1)).toBe(3);
  expect(stepRate(0.5, -1)).toBe(0.5);
});
