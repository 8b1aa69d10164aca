// Plays an HLS address in a media element: hls.js where there is Media Source, else the browser itself.

import type HlsLight from 'hls.js/light';
import { heightsIn, levelFor, sorted, type Quality } from './quality';

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
  quality: Quality;
  onError: (error: SourceError) => void;
  /** There is a list of the sound alone. */
  hasSound: () => boolean;
  /** The heights of the pictures that can be chosen, tallest first, told once they are known. */
  onHeights: (heights: readonly number[]) => void;
  /** The height of the picture that plays; null: it has none, or nobody tells. */
  onHeight: (height: number | null) => void;
  /** Where the list asks players to start (`EXT-X-START`), told once it is known. */
  onStartOffset: (ms: number) => void;
}

export interface Source {
  /** Reads the master list again, going on at `startMs`. */
  reload: (url: string, startMs: number) => void;
  /** How good the picture is to be from now on. With or without picture holds from the next reload. */
  choose: (quality: Quality) => void;
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

/** The address to play: the master list, or where sound alone is wanted and is there, the list of the sound. */
async function addressFor(
  master: string,
  wanted: Quality,
  { hasSound, onHeights }: SourceOptions,
): Promise<{ url: string; soundOnly: boolean }> {
  if (wanted !== 'sound' || !hasSound()) return { url: master, soundOnly: false };
  const answer = await fetch(master).catch(() => null);
  const text = answer?.ok ? await answer.text() : '';
  const heights = heightsIn(text);
  const attempt = attemptIn(text);
  if (attempt === null || heights.length === 0) return { url: master, soundOnly: false };
  onHeights(heights);
  const sound = new URL(`${attempt}/audio/playlist.m3u8`, new URL(master, location.href));
  return { url: sound.href, soundOnly: true };
}

function hasMediaSource(): boolean {
  return 'MediaSource' in window || 'ManagedMediaSource' in window;
}

/** Network errors tried again this often before they are told. */
const TRIES = 3;

class Hls implements Source {
  private engine: HlsLight | null = null;
  private attempts = 0;
  private tries = 0;
  private recovered = false;
  private now: Playing | null = null;
  private quality: Quality;

  constructor(
    private readonly Engine: typeof HlsLight,
    private readonly media: HTMLMediaElement,
    private url: string,
    private readonly options: SourceOptions,
  ) {
    this.quality = options.quality;
    void this.start(options.startMs);
  }

  private async start(startMs: number): Promise<void> {
    this.engine?.destroy();
    this.engine = null;
    const attempt = ++this.attempts;
    const { url, soundOnly } = await addressFor(this.url, this.quality, this.options);
    if (attempt === this.attempts) this.run(url, soundOnly, startMs);
  }

  private run(url: string, soundOnly: boolean, startMs: number): void {
    const { Engine, options } = this;
    const engine = new Engine({
      startPosition: options.atLiveEnd && startMs <= 0 ? -1 : startMs / 1000,
      // Segments are of 2 s and come as soon as they are made: one more than that in hand.
      liveSyncDuration: 2.5,
      liveMaxLatencyDuration: Infinity,
      backBufferLength: 90,
      maxBufferLength: 30,
      capLevelToPlayerSize: true,
      enableWorker: false,
    });
    this.engine = engine;
    engine.on(Engine.Events.MANIFEST_LOADED, (_name, data) => {
      if (!soundOnly) options.onHeights(sorted(data.levels.map(({ height }) => height)));
    });
    engine.on(Engine.Events.MANIFEST_PARSED, () => {
      const level = levelFor(engine.levels, this.quality);
      if (!soundOnly && level >= 0) engine.loadLevel = level;
    });
    engine.on(Engine.Events.LEVEL_SWITCHED, (_name, { level }) => {
      const height = engine.levels[level]?.height ?? 0;
      options.onHeight(height > 0 ? height : null);
    });
    engine.on(Engine.Events.LEVEL_LOADED, (_name, data) => {
      this.tries = 0;
      const attempt = attemptOf(data.details.url);
      if (attempt !== null) this.now = { attempt, whole: !data.details.live };
      const offset = data.details.startTimeOffset;
      if (typeof offset === 'number') options.onStartOffset(offset * 1000);
    });
    engine.on(Engine.Events.ERROR, (_name, data) => {
      if (data.fatal) this.failed(engine, data.type, startMs);
    });
    engine.loadSource(url);
    engine.attachMedia(this.media);
  }

  private failed(engine: HlsLight, type: string, startMs: number): void {
    const { MEDIA_ERROR, NETWORK_ERROR } = this.Engine.ErrorTypes;
    if (type === MEDIA_ERROR && !this.recovered) {
      this.recovered = true;
      engine.recoverMediaError();
    } else if (type === NETWORK_ERROR && this.tries < TRIES) {
      this.tries += 1;
      window.setTimeout(() => {
        if (this.engine === engine) void this.start(this.media.currentTime * 1000 || startMs);
      }, 1000 * this.tries);
    } else {
      this.options.onError(type === NETWORK_ERROR ? 'network' : 'media');
    }
  }

  reload(url: string, startMs: number): void {
    this.url = url;
    this.tries = 0;
    this.recovered = false;
    this.now = null;
    void this.start(startMs);
  }

  choose(quality: Quality): void {
    const pictured = this.quality !== 'sound' && quality !== 'sound';
    this.quality = quality;
    if (pictured && this.engine) this.engine.nextLevel = levelFor(this.engine.levels, quality);
  }

  playing(): Playing | null {
    return this.now;
  }

  destroy(): void {
    this.attempts += 1;
    this.engine?.destroy();
    this.engine = null;
  }
}

/** The browser plays lists itself, and chooses the picture. */
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
    choose: () => undefined,
    // The browser does not tell.
    playing: () => null,
    destroy: () => {
      media.removeEventListener('error', failed);
      media.removeAttribute('src');
      media.load();
    },
  };
}

/** How long the engine waits for the poster, in ms. */
const POSTER_MS = 800;

/** The poster is what one sees first: what plays later does not take the line from it. */
async function posterShown({ poster }: HTMLVideoElement): Promise<void> {
  if (poster === '') return;
  const image = new Image();
  image.src = poster;
  const late = new Promise((resolve) => setTimeout(resolve, POSTER_MS));
  await Promise.race([image.decode().catch(() => undefined), late]);
}

/** Opens the address; the engine is fetched only where it is needed. */
export async function openSource(
  media: HTMLMediaElement,
  url: string,
  options: SourceOptions,
): Promise<Source> {
  if (hasMediaSource()) {
    if (media instanceof HTMLVideoElement) await posterShown(media);
    const { default: Engine } = await import('hls.js/light');
    if (Engine.isSupported()) return new Hls(Engine, media, url, options);
  }
  if (media.canPlayType('application/vnd.apple.mpegurl') === '') options.onError('unsupported');
  return native(media, url, options);
}
