import { describe, expect, it } from 'vitest';
import { pieces } from './highlight';

const shown = (text: string, marks: [number, number][]): string =>
  pieces(text, marks)
    .map((piece) => (piece.hit ? `[${piece.text}]` : piece.text))
    .join('');

describe('pieces', () => {
  it('marks what was found', () => {
    expect(shown('the retry limit stays', [[4, 9]])).toBe('the [retry] limit stays');
  });
  it('counts code points, not UTF-16 units', () => {
    expect(shown('👍👍 retry', [[3, 8]])).toBe('👍👍 [retry]');
  });
  it('puts ranges right that overlap or leave the text', () => {
    expect(
      shown('abcdef', [
        [2, 4],
        [1, 3],
        [5, 99],
        [4, 4],
      ]),
    ).toBe('a[bc][d]e[f]');
  });
  it('leaves a text without marks whole', () => {
    expect(shown('abc', [])).toBe('abc');
    expect(pieces('', [[0, 1]])).toEqual([]);
  });
});
