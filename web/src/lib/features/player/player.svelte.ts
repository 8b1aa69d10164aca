// The player's state: what its element tells, and what is asked of it.

import { listen } from './listen';
import { clampTo, lineOf, percentOf, type Line, type Timed } from './line';
import { Plays } from './plays.svelte';
import { WithPrefs } from './prefs.svelte';
import type { Quality } from './quality';
import type { Range } from './ranges';
import { playingTime, skippable, skipTarget } from './silence';
import { leadsElsewhere, openSource, type Source, type SourceError } from './source';
import { showFullscreen, showPicture, watchState } from './state';
import type { Still } from './storyboard';

interface Playable extends Timed {
  silence_map: Range[];
  media?: { audio_url: string | null };
}

export class Player extends WithPrefs {
  /** The moment being played, on the source's line. */
  timeMs = $state(0);
  paused = $state(true);
  ended = $state(false);
  started = $state(false);
  waiting = $state(false);
  fullscreen = $state(false);
  inPicture = $state(false);
  canPicture = $state(false);
  canFullscreen = $state(false);
  buffered = $state.raw<Range[]>([]);
  error = $state<SourceError | null>(null);
  readonly plays = new Plays();
  /** The heights of the pictures to choose from, tallest first, and of the one that plays. */
  heights = $state.raw<readonly number[]>([]);
  height = $state<number | null>(null);
  /** The pictures of the time line. */
  stills = $state.raw<readonly Still[]>([]);
  /** Counts jumps: the transcript follows again after each. */
  jumps = $state(0);
  private mediaMs = $state(0);
  private startOffsetMs = $state(0);
  private update = $state.raw<Playable>({ duration_ms: null, trim: null, silence_map: [] });

  readonly line: Line = $derived(lineOf(this.update, this.mediaMs, this.startOffsetMs));
  readonly lengthMs = $derived(Math.max(0, this.line.endMs - this.line.startMs));
  readonly percent = $derived(percentOf(this.line, this.timeMs));
  readonly gaps = $derived(skippable(this.update.silence_map, this.line.endMs));
  readonly savedMs = $derived(
    playingTime(this.line.endMs, this.gaps, this.prefs.rate, this.line.startMs).saved,
  );

  /** It was played to where the visible part ends. */
  readonly finished = $derived(
    this.started && this.paused && this.lengthMs > 0 && (this.ended || this.timeMs >= this.line.endMs - 50),
  );
  /** It has sound that can be had without its picture. */
  readonly hasSound = $derived(this.heights.length > 0 && Boolean(this.update.media?.audio_url));
  /** Plays without its picture, as was asked. */
  readonly soundOnly = $derived(this.prefs.quality === 'sound' && this.hasSound);

  private stage: HTMLElement | null = null;
  private source: Source | null = null;
  private url: string | null = null;
  private frame = 0;
  private lastTick = 0;
  private lastTickMs = 0;
  private wantedMs: number | null = null;
  /** It is to play, and the element had nothing yet: an element that is given a list forgets that it was to play. */
  private awaited = false;
  /** There is a newer attempt at what is played: to be moved to when playback begins again. */
  private outdated = false;

  /** What is being played; told again whenever the update changes. */
  describe(update: Playable): void {
    this.update = update;
  }

  /** Binds the element; gives what unbinds it. */
  attach(media: HTMLMediaElement, stage: HTMLElement): () => void {
    this.media = media;
    this.stage = stage;
    this.tellVolume();
    const unwatch = watchState(media, stage, (change) => Object.assign(this, change));
    const off = listen(media, {
      playing: () => {
        this.started = true;
        this.waiting = false;
        this.error = null;
        this.tick();
      },
      waiting: () => (this.waiting = !media.paused),
      canplay: () => (this.waiting = false),
      loadedmetadata: () => this.ready(),
      seeking: () => this.settle(),
      seeked: () => this.settle(),
      timeupdate: () => this.settle(),
    });
    return () => {
      cancelAnimationFrame(this.frame);
      off();
      unwatch();
      this.source?.destroy();
      this.source = null;
      this.url = null;
      this.media = null;
      this.stage = null;
    };
  }

  get isOpen(): boolean {
    return this.url !== null;
  }

  /** Opens an address at a moment. Once open, a newer address (another ticket) is kept for the next reload. */
  async open(url: string, startMs: number, atLiveEnd: boolean): Promise<void> {
    const media = this.media;
    if (!media) return;
    const opened = this.url !== null;
    this.url = url;
    if (opened) return;
    this.error = null;
    this.wantedMs = startMs > 0 ? startMs : null;
    this.timeMs = clampTo(this.line, startMs);
    const source = await openSource(media, url, {
      startMs: Math.max(0, startMs - this.line.originMs),
      atLiveEnd,
      quality: this.prefs.quality,
      onError: (error) => (this.error = error),
      hasSound: () => Boolean(this.update.media?.audio_url),
      onHeights: (heights) => (this.heights = heights),
      onHeight: (height) => (this.height = height),
      onStartOffset: (ms) => (this.startOffsetMs = ms),
    });
    if (this.media === media) this.source = source;
    else source.destroy();
  }

  /**
   * The media may have been replaced by another attempt. A list that grows is followed anyway, and whoever plays an attempt
   * that is whole is not disturbed: they move on when they play again.
   */
  async renew(): Promise<void> {
    const now = this.source?.playing() ?? null;
    if (this.url === null || (now !== null && !(await leadsElsewhere(this.url, now)))) return;
    this.outdated = this.source?.playing()?.whole === true && this.started && !this.paused;
    if (!this.outdated) this.reload();
  }

  /** Reads the lists again where playback is. */
  reload(): void {
    const playing = !this.paused;
    this.outdated = false;
    this.error = null;
    this.timeMs = clampTo(this.line, this.timeMs);
    this.wantedMs = this.timeMs > 0 ? this.timeMs : null;
    if (this.url !== null) this.source?.reload(this.url, Math.max(0, this.timeMs - this.line.originMs));
    if (playing) this.play();
  }

  private ready(): void {
    const media = this.media;
    if (!media) return;
    this.tellRate();
    if (this.wantedMs !== null) {
      const wanted = (this.wantedMs - this.line.originMs) / 1000;
      if (Math.abs(media.currentTime - wanted) > 0.5) media.currentTime = wanted;
      this.wantedMs = null;
    }
    this.settle();
    if (this.awaited && media.paused) this.play();
    this.awaited = false;
  }

  /** Takes over the element's time. */
  private settle(): void {
    if (this.media && this.wantedMs === null)
      this.timeMs = this.media.currentTime * 1000 + this.line.originMs;
  }

  private readonly tick = (): void => {
    cancelAnimationFrame(this.frame);
    const media = this.media;
    if (!media || media.paused || media.ended) {
      this.lastTick = 0;
      this.settle();
      return;
    }
    this.frame = requestAnimationFrame(this.tick);
    const now = performance.now();
    if (now - this.lastTick < 90 || media.seeking) return;
    const elapsed = this.lastTick === 0 ? 0 : now - this.lastTick;
    this.lastTick = now;
    this.settle();
    if (elapsed > 0) this.plays.add(this.lastTickMs, this.timeMs, elapsed, this.prefs.rate);
    this.lastTickMs = this.timeMs;
    const target = this.prefs.skipSilence ? skipTarget(this.gaps, this.timeMs) : null;
    if (target !== null) media.currentTime = (target - this.line.originMs) / 1000;
    else if (this.update.trim && this.timeMs >= this.line.endMs) this.pause();
  };

  play(): void {
    if (this.outdated) this.reload();
    if (this.ended || (this.update.trim && this.timeMs >= this.line.endMs - 50)) this.seek(this.line.startMs);
    this.awaited = this.media?.readyState === 0;
    // Refused where nobody has touched the page yet: it stays paused.
    this.media?.play().catch(() => undefined);
  }

  pause(): void {
    this.awaited = false;
    this.media?.pause();
  }

  toggle(): void {
    if (this.paused) this.play();
    else this.pause();
  }

  /** Goes to a moment of the source's line. */
  seek(ms: number): void {
    const to = clampTo(this.line, ms);
    this.jumps += 1;
    this.timeMs = to;
    if (this.media && this.media.readyState > 0) this.media.currentTime = (to - this.line.originMs) / 1000;
    else this.wantedMs = to;
  }

  skip(deltaMs: number): void {
    this.seek(this.timeMs + deltaMs);
  }

  /** How good the picture is to be. With and without picture are two lists: the other one is opened. */
  setQuality(quality: Quality): void {
    const other = (quality === 'sound') !== (this.prefs.quality === 'sound');
    this.keep({ quality });
    this.source?.choose(quality);
    if (other && this.url !== null) this.reload();
  }

  toggleFullscreen(): void {
    if (this.media && this.stage) void showFullscreen(!this.fullscreen, this.media, this.stage);
  }

  togglePicture(): void {
    if (this.media) void showPicture(!this.inPicture, this.media);
  }
}
