import { describe, expect, it } from 'vitest';
import { heightsIn, levelFor, readQuality } from './quality';

const MASTER = `#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=500000,CODECS="avc1.64001e,mp4a.40.2",RESOLUTION=640x360
a/360p/playlist.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2000000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720
a/720p/playlist.m3u8
`;

it('a master list offers its pictures; that of a voice message none', () => {
  expect(heightsIn(MASTER)).toEqual([720, 360]);
  expect(heightsIn('#EXT-X-STREAM-INF:BANDWIDTH=128000,CODECS="mp4a.40.2"\na/audio/playlist.m3u8\n')).toEqual(
    [],
  );
});

describe('levelFor', () => {
  const levels = [
    { height: 360, bitrate: 500 },
    { height: 720, bitrate: 2000 },
    { height: 1080, bitrate: 4000 },
  ];
  it('takes the tallest that is not taller than wanted', () => {
    expect(levelFor(levels, 720)).toBe(1);
    expect(levelFor(levels, 900)).toBe(1);
    expect(levelFor(levels, 4000)).toBe(2);
    expect(levelFor([...levels].reverse(), 720)).toBe(1);
  });
  it('takes the smallest where all are taller, or where sound alone is wanted and there is none', () => {
    expect(levelFor(levels, 240)).toBe(0);
    expect(levelFor([...levels].reverse(), 'sound')).toBe(2);
  });
  it('of one height takes the better one', () => {
    expect(levelFor([{ height: 720, bitrate: 9 }, ...levels], 720)).toBe(2);
  });
  it('leaves it to the network', () => {
    expect(levelFor(levels, 'auto')).toBe(-1);
    expect(levelFor([], 720)).toBe(-1);
  });
});

it('readQuality survives whatever was stored', () => {
  expect([720, 'sound', 'auto', -1, '720', null, undefined, NaN].map(readQuality)).toEqual([
    720,
    'sound',
    'auto',
    'auto',
    'auto',
    'auto',
    'auto',
    'auto',
  ]);
});
