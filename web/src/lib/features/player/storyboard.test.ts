import { describe, expect, it } from 'vitest';
import { parseStoryboard, stillAt } from './storyboard';

const vtt = `WEBVTT

00:00.000 --> 00:05.000
storyboard.jpg#xywh=0,0,160,90

1:00:05.000 --> 1:00:10.500 align:start
storyboard.jpg#xywh=160,90,160,90

00:20.000 --> 00:25.000
not a piece
`;

describe('parseStoryboard', () => {
  const stills = parseStoryboard(vtt, 'http://here/media/t/u/storyboard.vtt');
  it('reads times and pieces, relative to the file', () => {
    expect(stills).toHaveLength(2);
    expect(stills[1]).toEqual({
      startMs: 3_605_000,
      endMs: 3_610_500,
      url: 'http://here/media/t/u/storyboard.jpg',
      x: 160,
      y: 90,
      width: 160,
      height: 90,
    });
  });
  it('finds the still of a moment', () => {
    expect(stillAt(stills, 4_000)?.startMs).toBe(0);
    expect(stillAt(stills, 3_606_000)?.startMs).toBe(3_605_000);
    expect(stillAt(stills, 9_999_999)?.startMs).toBe(3_605_000);
    expect(stillAt([], 0)).toBeNull();
  });
});
