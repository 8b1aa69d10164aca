import { describe, expect, it } from 'vitest';
import { isTranscript, pairUp } from './meeting';

const named = (...names: string[]) => names.map((name) => ({ name }));
function paired(recordings: string[], texts: string[]) {
  const { pairs, alone } = pairUp(named(...recordings), named(...texts));
  return {
    pairs: [...pairs].map(([recording, text]) => [recording.name, text.name]),
    alone: alone.map((text) => text.name),
  };
}

describe('the files of a meeting', () => {
  it('are known by their names', () => {
    expect(isTranscript({ name: 'Stand-up.VTT' })).toBe(true);
    expect(isTranscript({ name: 'a.srt' })).toBe(true);
    expect(isTranscript({ name: 'vtt.mp4' })).toBe(false);
  });

  it('find each other', () => {
    const zoom = 'GMT20240105-150000_Recording';
    expect(paired(['Weekly.mp4', `${zoom}_1920x1080.mp4`], [`${zoom}.transcript.vtt`, 'weekly.srt'])).toEqual(
      {
        pairs: [
          [`${zoom}_1920x1080.mp4`, `${zoom}.transcript.vtt`],
          ['Weekly.mp4', 'weekly.srt'],
        ],
        alone: [],
      },
    );
  });

  it('belong together where there is one of each', () => {
    expect(paired(['a.mp4'], ['b.vtt']).pairs).toEqual([['a.mp4', 'b.vtt']]);
  });

  it('are not guessed at', () => {
    expect(paired(['a.mp4', 'c.mp4'], ['b.vtt'])).toEqual({ pairs: [], alone: ['b.vtt'] });
    expect(paired(['a.mp4'], ['b.vtt', 'c.vtt'])).toEqual({ pairs: [], alone: ['b.vtt', 'c.vtt'] });
  });
});
