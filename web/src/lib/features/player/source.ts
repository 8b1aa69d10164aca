// Plays an HLS address in a media element: hls.js where there is Media Source, else the browser itself.

import type HlsLight from 'hls.js/light';

/** What playback did not get over. */
export type SourceError = 'network' | 'media' | 'unsupported';

/** What is played: one attempt at making media of the recording. */
export interface Playing {
  attempt: string;
  whole: boolean;
}

export interface SourceOptions {
  /** Where to start, on the playlist's own line. */
  startMs: number;
  /** The list still grows and its end is now: begin near that end. */
  atLiveEnd: boolean;
  onError: (error: SourceError) => void;
  /** Where the list asks players to start (`EXT-X-START`), told once it is known. */
  onStartOffset: (ms: number) => void;
}

export interface Source {
  /** Reads the master list again, going on at `startMs`. */
  reload: (url: string, startMs: number) => void;
  /** The attempt that is played, and whether all of it is listed; null while neither is known. */
  playing: () => Playing | null;
  destroy: () => void;
}

/** The attempt that a master list leads to: the folder of its variants. */
export function attemptIn(master: string): string | null {
  const first = master.split(/\r?\n/).find((line) => line !== '' && !line.startsWith('#'));
  return first?.includes('/') ? (first.split('/')[0] ?? null) : null;
}

/** The attempt that a variant's list is of: `.../hls/{attempt}/{rendition}/playlist.m3u8`. */
export function attemptOf(variant: string): string | null {
  const names = (variant.split('?')[0] ?? '').split('/');
  return names[names.length - 3] ?? null;
}

/** Whether the master list leads to another attempt than the one that is played. */
export async function leadsElsewhere(master: string, now: Playing): Promise<boolean> {
  const answer = await fetch(master).catch(() => null);
  const wanted = answer?.ok ? attemptIn(await answer.text()) : null;
  return wanted !== null && wanted !== now.attempt;
}

function hasMediaSource(): boolean {
  return 'MediaSource' in window || 'ManagedMediaSource' in window;
}

/** Network errors tried again this often before they are told. */
const TRIES = 3;

function withHls(
  Hls: typeof HlsLight,
  media: HTMLMediaElement,
  first: string,
  options: SourceOptions,
): Source {
  let hls: HlsLight | null = null;
  let url = first;
  let tries = 0;
  let recovered = false;
  let playing: Playing | null = null;

  function start(startMs: number): void {
    hls?.destroy();
    const engine = new Hls({
      startPosition: options.atLiveEnd && startMs <= 0 ? -1 : startMs / 1000,
      // Segments are of 2 s and come as soon as they are made: one more than that in hand.
      liveSyncDuration: 2.5,
      liveMaxLatencyDuration: Infinity,
      backBufferLength: 90,
      maxBufferLength: 30,
      capLevelToPlayerSize: true,
      enableWorker: false,
    });
    hls = engine;
    engine.on(Hls.Events.LEVEL_LOADED, (_name, data) => {
      tries = 0;
      const attempt = attemptOf(data.details.url);
      if (attempt !== null) playing = { attempt, whole: !data.details.live };
      const offset = data.details.startTimeOffset;
      if (typeof offset === 'number') options.onStartOffset(offset * 1000);
    });
    engine.on(Hls.Events.ERROR, (_name, data) => {
      if (!data.fatal) return;
      if (data.type === Hls.ErrorTypes.MEDIA_ERROR && !recovered) {
        recovered = true;
        engine.recoverMediaError();
      } else if (data.type === Hls.ErrorTypes.NETWORK_ERROR && tries < TRIES) {
        tries += 1;
        window.setTimeout(() => {
          if (hls === engine) start(media.currentTime * 1000 || startMs);
        }, 1000 * tries);
      } else {
        options.onError(data.type === Hls.ErrorTypes.NETWORK_ERROR ? 'network' : 'media');
      }
    });
    engine.loadSource(url);
    engine.attachMedia(media);
  }

  start(options.startMs);
  return {
    reload: (next, startMs) => {
      url = next;
      tries = 0;
      recovered = false;
      playing = null;
      start(startMs);
    },
    playing: () => playing,
    destroy: () => hls?.destroy(),
  };
}

function native(media: HTMLMediaElement, first: string, options: SourceOptions): Source {
  const failed = (): void =>
    options.onError(media.error?.code === MediaError.MEDIA_ERR_NETWORK ? 'network' : 'media');
  media.addEventListener('error', failed);
  const start = (url: string, startMs: number): void => {
    media.src = url;
    if (startMs <= 0) return;
    media.addEventListener('loadedmetadata', () => (media.currentTime = startMs / 1000), { once: true });
  };
  start(first, options.startMs);
  return {
    reload: start,
    // The browser does not tell.
    playing: () => null,
    destroy: () => {
      media.removeEventListener('error', failed);
      media.removeAttribute('src');
      media.load();
    },
  };
}

/** Opens the address; the engine is fetched only where it is needed. */
export async function openSource(
  media: HTMLMediaElement,
  url: string,
  options: SourceOptions,
): Promise<Source> {
  if (hasMediaSource()) {
    const { default: Hls } = await import('hls.js/light');
    if (Hls.isSupported()) return withHls(Hls, media, url, options);
  }
  if (media.canPlayType('application/vnd.apple.mpegurl') === '') options.onError('unsupported');
  return native(media, url, options);
}
