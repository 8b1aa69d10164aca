// What two parsers of other people read in a playlist.
// usage: node hls_parsers.mjs < PLAYLIST   prints {"hls-parser": {...}, "m3u8-parser": {...}}
import fs from 'node:fs';
import HLS from 'hls-parser';
import { Parser } from 'm3u8-parser';

const text = fs.readFileSync(0, 'utf8');
HLS.setOptions({ strictMode: true });
const first = HLS.parse(text);
const parser = new Parser();
const wrong = [];
parser.on('warn', (event) => wrong.push(event.message));
parser.on('error', (event) => wrong.push(event.message));
parser.push(text);
parser.end();
const second = parser.manifest;
const told = first.isMasterPlaylist
  ? {
      'hls-parser': { variants: first.variants.map((v) => ({ uri: v.uri, bandwidth: v.bandwidth, codecs: v.codecs })) },
      'm3u8-parser': {
        variants: second.playlists.map((v) => ({ uri: v.uri, bandwidth: v.attributes.BANDWIDTH, codecs: v.attributes.CODECS })),
      },
    }
  : {
      'hls-parser': {
        target: first.targetDuration,
        ended: first.endlist,
        segments: first.segments.map((s) => ({ uri: s.uri, duration: s.duration, map: s.map?.uri, broken: s.discontinuity ?? false })),
      },
      'm3u8-parser': {
        target: second.targetDuration,
        ended: second.endList ?? false,
        segments: second.segments.map((s) => ({ uri: s.uri, duration: s.duration, map: s.map?.uri, broken: s.discontinuity ?? false })),
      },
    };
console.log(JSON.stringify({ ...told, wrong }));
