import { afterEach, describe, expect, it, vi } from 'vitest';
import { attemptIn, attemptOf, leadsElsewhere } from './source';

const MASTER = '#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-STREAM-INF:BANDWIDTH=1\nfirst-try/720p/playlist.m3u8\n';

describe('attempts', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('are the folder that the master list leads to', () => {
    expect(attemptIn(MASTER)).toBe('first-try');
    expect(attemptIn('#EXTM3U\n')).toBeNull();
    expect(attemptIn('playlist.m3u8')).toBeNull();
  });

  it('are in the address of a variant, whatever it asks for', () => {
    const variant = 'https://example.org/media/t/u/hls/first-try/720p/playlist.m3u8';
    expect(attemptOf(variant)).toBe('first-try');
    expect(attemptOf(`${variant}?_HLS_msn=7`)).toBe('first-try');
  });

  it('are the same while the list only grows, and others after one was replaced', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(MASTER)));
    expect(await leadsElsewhere('/m', { attempt: 'first-try', whole: false })).toBe(false);
    expect(await leadsElsewhere('/m', { attempt: 'another', whole: true })).toBe(true);
  });

  it('are kept when the list cannot be read', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('', { status: 404 })));
    expect(await leadsElsewhere('/m', { attempt: 'another', whole: false })).toBe(false);
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
    expect(await leadsElsewhere('/m', { attempt: 'another', whole: false })).toBe(false);
  });
});
