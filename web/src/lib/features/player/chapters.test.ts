import { describe, expect, it } from 'vitest';
import { chapterAt, nextChapter, pieces, previousChapter } from './chapters';

const chapters = [
  { at_ms: 0, title: 'One' },
  { at_ms: 4_000, title: 'Two' },
  { at_ms: 9_000, title: 'Beyond' },
];

describe('chapters', () => {
  it('are found by moment', () => {
    expect(chapterAt(chapters, 3_999)?.title).toBe('One');
    expect(chapterAt(chapters, 4_000)?.title).toBe('Two');
    expect(chapterAt([], 4_000)).toBeNull();
  });
  it('cut the line, and only the visible line', () => {
    expect(pieces(chapters, { startMs: 0, endMs: 8_000, originMs: 0 })).toEqual([
      { startMs: 0, endMs: 4_000 },
      { startMs: 4_000, endMs: 8_000 },
    ]);
    expect(pieces([], { startMs: 1_000, endMs: 8_000, originMs: 0 })).toEqual([
      { startMs: 1_000, endMs: 8_000 },
    ]);
  });
  it('are gone through', () => {
    expect(nextChapter(chapters, 0)).toBe(4_000);
    expect(nextChapter(chapters, 9_000)).toBeNull();
    expect(previousChapter(chapters, 9_000)).toBe(4_000);
    // Right after its start: to the one before.
    expect(previousChapter(chapters, 5_000)).toBe(0);
    expect(previousChapter(chapters, 1_000)).toBeNull();
  });
});
