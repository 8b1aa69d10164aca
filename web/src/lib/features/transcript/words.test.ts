import { describe, expect, it } from 'vitest';
import { lastBegun, placeAt, placeSegment, spaced } from './words';

const word = (start_ms: number, end_ms: number) => ({ start_ms, end_ms });
const segments = [
  { id: 'a', start_ms: 1_000, end_ms: 2_000, words: [word(1_000, 1_400), word(1_500, 2_000)] },
  { id: 'b', start_ms: 6_000, end_ms: 7_000, words: [word(6_000, 7_000)] },
];

describe('lastBegun', () => {
  it('is -1 before the first and the last one afterwards', () => {
    expect(lastBegun(segments, 999)).toBe(-1);
    expect(lastBegun(segments, 1_000)).toBe(0);
    expect(lastBegun(segments, 5_999)).toBe(0);
    expect(lastBegun(segments, 60_000)).toBe(1);
    expect(lastBegun([], 5)).toBe(-1);
  });
});

describe('placeAt', () => {
  it('names the word spoken', () => {
    expect(placeAt(segments, 500)).toBeNull();
    expect(placeAt(segments, 1_000)).toEqual({ segment: 0, word: 0 });
    expect(placeAt(segments, 1_450)).toEqual({ segment: 0, word: 0 });
    expect(placeAt(segments, 1_600)).toEqual({ segment: 0, word: 1 });
  });
  it('has no word in a long pause', () => expect(placeAt(segments, 4_000)).toEqual({ segment: 0, word: -1 }));
});

describe('placeSegment', () => {
  it('puts it where its time is, and replaces its former self', () => {
    const middle = { id: 'm', start_ms: 3_000, end_ms: 4_000, words: [] };
    const with3 = placeSegment<(typeof segments)[number]>(segments, middle);
    expect(with3.map((s) => s.id)).toEqual(['a', 'm', 'b']);
    expect(placeSegment(with3, { ...middle, end_ms: 5_000 })).toHaveLength(3);
  });
});

describe('spaced', () => {
  it('keeps the text as written, blanks and all', () => {
    const words = [{ text: ' Hello,' }, { text: ' well—' }, { text: 'then.' }];
    expect(spaced('Hello, well—then.', words)).toEqual(['Hello, ', 'well—', 'then.']);
  });
  it('writes no blanks where the language has none', () => {
    expect(spaced('你好世界', [{ text: '你好' }, { text: '世界' }])).toEqual(['你好', '世界']);
  });
  it('falls back to a blank when words and text differ', () => {
    expect(spaced('other', [{ text: 'one' }, { text: 'two' }])).toEqual(['one ', 'two ']);
  });
});
