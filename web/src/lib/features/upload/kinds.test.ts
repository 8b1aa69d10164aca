import { describe, expect, it } from 'vitest';
import { ACCEPT, guessKind, titleFrom } from './kinds';

describe('guessKind', () => {
  it('goes by type and name', () => {
    expect(guessKind({ name: 'a.MOV', type: '' })).toBe('video');
    expect(guessKind({ name: 'memo.m4a', type: 'audio/x-m4a' })).toBe('voice');
    expect(guessKind({ name: 'sound.weba', type: 'video/webm' })).toBe('voice');
    expect(guessKind({ name: 'noname', type: 'video/webm' })).toBe('video');
    expect(guessKind({ name: 'notes.pdf', type: 'application/pdf' })).toBeNull();
  });
});

it('titleFrom makes words of a file name', () => {
  expect(titleFrom('weekly_update  final.webm')).toBe('weekly update final');
  expect(titleFrom('.hidden')).toBe('.hidden');
});

it('the picker offers every container the product takes', () => {
  for (const name of ['mp4', 'mov', 'webm', 'mkv', 'm4a', 'mp3', 'wav', 'ogg', 'flac', '3gp'])
    expect(ACCEPT).toContain(`.${name}`);
});
