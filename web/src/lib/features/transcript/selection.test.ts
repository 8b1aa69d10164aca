import { describe, expect, it } from 'vitest';
import { spanOfWords } from './selection';

const word = (startMs: number, endMs: number, text: string) => ({ startMs, endMs, text });

describe('spanOfWords', () => {
  it('goes from the first start to the last end', () => {
    expect(spanOfWords([word(100, 300, 'we'), word(300, 900, 'move')])).toEqual(word(100, 900, 'we move'));
  });
  it('knows in which text it begins', () => {
    const [first, other] = [
      { ...word(100, 300, 'we'), segmentId: 'a' },
      { ...word(300, 900, 'move'), segmentId: 'b' },
    ];
    expect(spanOfWords([first, other])).toMatchObject({ segmentId: 'a', inSegment: 'we', text: 'we move' });
  });
  it('is never empty', () => {
    expect(spanOfWords([word(100, 100, 'oh')])).toEqual(word(100, 101, 'oh'));
  });
});
