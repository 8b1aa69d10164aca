import { describe, expect, it } from 'vitest';
import { bytes } from './bytes';

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1500, '1.5 kB'],
    [999_999, '1.0 MB'],
    [123_456_789, '123 MB'],
    [8_589_934_592, '8.6 GB'],
  ])('%d is %s', (size, text) => {
    expect(bytes(size)).toBe(text);
  });
});
