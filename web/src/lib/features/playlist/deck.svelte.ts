// One media element of the playlist with the update that is open in it.
import type { Update } from '$lib/api/types';
import { lineOf } from '$lib/features/player/line';
import { loadPrefs } from '$lib/features/player/prefs';
import { openSource, type Source } from '$lib/features/player/source';

/** Seeks shorter than this are not worth it. */
const NEAR_MS = 120;

const SIGNS = ['loadeddata', 'canplay', 'seeked', 'progress'] as const;

/** Until a picture is there. The first sign of it may be taken back by the seek to where it starts. */
function untilReady(media: HTMLMediaElement): Promise<void> {
  return new Promise((done) => {
    const look = (): void => {
      if (media.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
      for (const sign of SIGNS) media.removeEventListener(sign, look);
      done();
    };
    for (const sign of SIGNS) media.addEventListener(sign, look);
  });
}

export class Deck {
  failed = $state(false);
  /** The id of the update that is open. */
  holds: string | null = null;
  private update: Update | null = null;
  private media: HTMLMediaElement | null = null;
  private source: Source | null = null;
  private opening: Promise<void> = Promise.resolve();
  /** Where the list asks to start: with a trim its first segment begins before what is shown. */
  private offset = 0;

  readonly attach = (media: HTMLMediaElement): (() => void) => {
    this.media = media;
    return () => {
      this.source?.destroy();
      this.source = null;
      this.holds = null;
      this.media = null;
    };
  };

  private get originMs(): number {
    return this.update ? lineOf(this.update, 0, this.offset).originMs : 0;
  }

  /** Where it is, on the source's line. */
  get atMs(): number {
    return (this.media?.currentTime ?? 0) * 1000 + this.originMs;
  }

  get seeking(): boolean {
    return this.media?.seeking ?? false;
  }

  get over(): boolean {
    return this.media?.ended ?? false;
  }

  /** Opens an update at a moment, unless it is open; done once its first data is there. */
  open(update: Update, fromMs: number): Promise<void> {
    if (this.holds !== update.id) {
      this.holds = update.id;
      this.opening = this.load(update, fromMs);
    }
    return this.opening;
  }

  private async load(update: Update, fromMs: number): Promise<void> {
    const { media } = this;
    const url = update.media.hls_url;
    if (!media || !url) return;
    this.source?.destroy();
    this.update = update;
    this.offset = 0;
    this.failed = false;
    const ready = untilReady(media);
    const kept = loadPrefs().quality;
    let fail: () => void = () => undefined;
    const failed = new Promise<void>((done) => (fail = done));
    const opened = await openSource(media, url, {
      startMs: Math.max(0, fromMs - this.originMs),
      atLiveEnd: false,
      // A film has its picture, if the smallest.
      quality: kept === 'sound' ? 1 : kept,
      hasSound: () => false,
      onHeights: () => undefined,
      onHeight: () => undefined,
      onError: () => {
        this.failed = true;
        fail();
      },
      onStartOffset: (ms) => (this.offset = ms),
    });
    if (this.holds !== update.id || this.media === null) {
      opened.destroy();
      return;
    }
    this.source = opened;
    await Promise.race([ready, failed]);
  }

  seek(ms: number): void {
    if (this.media && Math.abs(this.atMs - ms) > NEAR_MS)
      this.media.currentTime = Math.max(0, ms - this.originMs) / 1000;
  }

  /** Plays; `false` where the browser does not let it, or it failed. */
  async play(rate: number): Promise<boolean> {
    if (!this.media || this.failed) return false;
    this.media.playbackRate = rate;
    return this.media.play().then(
      () => true,
      () => false,
    );
  }

  pause(): void {
    this.media?.pause();
  }

  setRate(rate: number): void {
    if (this.media) this.media.playbackRate = rate;
  }
}
