import { describe, expect, it } from 'vitest';
import { findAll, firstFrom, wordAtOffset } from './find';

const segments = [{ text: 'Das Café öffnet um acht.' }, { text: 'Das ist es; das war es.' }];

describe('findAll', () => {
  it('does not mind case or accents', () => {
    const [match] = findAll(segments, 'CAFE OFF');
    expect(segments[0]?.text.slice(match?.from, match?.to)).toBe('Café öff');
  });
  it('finds every one, in order, also across words', () => {
    expect(findAll(segments, 'das')).toHaveLength(3);
    expect(findAll(segments, 'ist  es')).toEqual([{ segment: 1, from: 4, to: 10 }]);
  });
  it('keeps offsets right after characters that fold to more or fewer units', () => {
    const odd = [{ text: 'İstanbul 🙂 straße here' }];
    const [match] = findAll(odd, 'here');
    expect(odd[0]?.text.slice(match?.from, match?.to)).toBe('here');
  });
  it('has nothing for nothing', () => expect(findAll(segments, '   ')).toEqual([]));
});

it('wordAtOffset names the word', () => {
  const pieces = ['Das ', 'ist ', 'es.'];
  expect([0, 3, 4, 8, 10, 99].map((offset) => wordAtOffset(pieces, offset))).toEqual([0, 0, 1, 2, 2, 2]);
});

it('firstFrom goes on from where one is', () => {
  const matches = findAll(segments, 'das');
  expect(firstFrom(matches, 1)).toBe(1);
  expect(firstFrom(matches, 9)).toBe(0);
});
