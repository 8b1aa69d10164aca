import { describe, expect, it } from 'vitest';
import { completeMention, matchPeople, mentionAt, mentionedIds } from './mentions';

const people = [
  { id: '1', display_name: 'Jonas Keller' },
  { id: '2', display_name: 'Luíza Prado' },
  { id: '3', display_name: 'Ana' },
  { id: '4', display_name: 'Ana Keller' },
];

describe('mentionAt', () => {
  it('sees the name being typed', () => {
    expect(mentionAt('hey @lu', 7)).toEqual({ from: 4, query: 'lu' });
    expect(mentionAt('@', 1)).toEqual({ from: 0, query: '' });
    expect(mentionAt('@Ana Ke', 7)).toEqual({ from: 0, query: 'Ana Ke' });
  });
  it('is none in an address or after the caret', () => {
    expect(mentionAt('ann@example', 11)).toBeNull();
    expect(mentionAt('hey @lu', 3)).toBeNull();
    expect(mentionAt('@Ana Keller said', 16)).toBeNull();
  });
});

describe('matchPeople', () => {
  it('matches any part, without accents, whole names first', () => {
    expect(matchPeople(people, 'lui').map((p) => p.id)).toEqual(['2']);
    expect(matchPeople(people, 'ke').map((p) => p.id)).toEqual(['4', '1']);
    expect(matchPeople(people, '')).toHaveLength(4);
    expect(matchPeople(people, 'zz')).toEqual([]);
  });
});

it('completeMention puts name and caret', () => {
  const at = mentionAt('hey @lu there', 7);
  expect(at && completeMention('hey @lu there', 7, at, { id: '2', display_name: 'Luíza Prado' })).toEqual({
    text: 'hey @Luíza Prado there',
    caret: 17,
  });
});

describe('mentionedIds', () => {
  it('takes the longer name, and only whole names', () => {
    expect(mentionedIds('@Ana Keller please', people)).toEqual(['4']);
    expect(mentionedIds('@Ana and @jonas keller.', people).sort()).toEqual(['1', '3']);
    expect(mentionedIds('@Anabel, x@Ana', people)).toEqual([]);
  });
});
