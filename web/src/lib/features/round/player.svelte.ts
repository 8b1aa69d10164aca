// Plays a round's items one after the other in one media element: seeks within an answer, opens the next answer's
// list, waits at texts, tells what was seen.
import { api } from '$lib/api/client';
import type { Update } from '$lib/api/types';
import { lineOf } from '$lib/features/player/line';
import { loadPrefs, savePrefs } from '$lib/features/player/prefs';
import { openSource, type Source } from '$lib/features/player/source';
import type { PlayItem } from './types';

interface Caption {
  start_ms: number;
  end_ms: number;
  text: string;
}

export class RoundPlayer {
  index = $state(-1);
  playing = $state(false);
  ended = $state(false);
  failed = $state(false);
  rate = $state(loadPrefs().rate);
  caption = $state('');
  private items: PlayItem[] = [];
  private updates: Update[] = [];
  private media: HTMLMediaElement | null = null;
  private source: Source | null = null;
  private open: string | null = null;
  private captions: Caption[] = [];
  private frame = 0;
  /** Where the open list asks to start: with a trim its first segment begins before what is shown. */
  private offset = 0;

  attach(media: HTMLMediaElement): () => void {
    this.media = media;
    const end = (): void => this.next();
    media.addEventListener('ended', end);
    return () => {
      media.removeEventListener('ended', end);
      cancelAnimationFrame(this.frame);
      this.source?.destroy();
      this.media = null;
    };
  }

  get item(): PlayItem | null {
    return this.items[this.index] ?? null;
  }

  /** A text is on: it waits until it is read. */
  get reads(): boolean {
    return this.item !== null && this.item.to_ms === 0;
  }

  start(items: PlayItem[], updates: Update[], at = 0): void {
    this.items = items;
    this.updates = updates;
    this.ended = false;
    void this.go(at);
  }

  private origin(update: Update): number {
    return lineOf(update, 0, this.offset).originMs;
  }

  private async go(index: number): Promise<void> {
    const item = this.items[index];
    const media = this.media;
    if (!item || !media) {
      this.stop();
      this.ended = index >= this.items.length;
      return;
    }
    this.index = index;
    this.failed = false;
    this.caption = '';
    if (item.to_ms === 0) {
      media.pause();
      this.playing = false;
      return;
    }
    const update = this.updates.find((one) => one.id === item.update_id);
    const url = update?.media.hls_url;
    if (!update || !url) {
      this.next();
      return;
    }
    this.playing = true;
    if (this.open !== update.id) {
      this.source?.destroy();
      this.open = update.id;
      this.offset = 0;
      void this.loadCaptions(update.id);
      const opened = await openSource(media, url, {
        startMs: Math.max(0, item.from_ms - this.origin(update)),
        atLiveEnd: false,
        onError: () => (this.failed = true),
        onStartOffset: (ms) => (this.offset = ms),
      });
      if (this.open === update.id) this.source = opened;
      else opened.destroy();
      if (media.readyState === 0)
        await new Promise((ready) => media.addEventListener('loadedmetadata', ready, { once: true }));
    }
    if (this.index !== index) return;
    const from = Math.max(0, item.from_ms - this.origin(update));
    if (Math.abs(media.currentTime * 1000 - from) > 120) media.currentTime = from / 1000;
    media.playbackRate = this.rate;
    await media.play().catch(() => (this.playing = false));
    this.watch();
  }

  private readonly watch = (): void => {
    cancelAnimationFrame(this.frame);
    const { media, item } = this;
    const update = this.updates.find((one) => one.id === item?.update_id);
    if (!media || !item || !update || !this.playing) return;
    const at = media.currentTime * 1000 + this.origin(update);
    this.caption = this.captions.find((line) => line.start_ms <= at && at < line.end_ms)?.text ?? '';
    if (!media.seeking && at >= item.to_ms - 20) {
      this.next();
      return;
    }
    this.frame = requestAnimationFrame(this.watch);
  };

  private async loadCaptions(id: string): Promise<void> {
    this.captions = [];
    const read = await api.get<{ segments: Caption[] }>(`/updates/${id}/transcript`).catch(() => null);
    if (this.open === id && read) this.captions = read.segments;
  }

  private tell(item: PlayItem): void {
    const text = item.to_ms === 0;
    const body = {
      position_ms: item.to_ms,
      seen_ranges: text ? [] : [[item.from_ms, item.to_ms]],
      by: text ? 'reading' : 'watching',
    };
    void api.put(`/updates/${item.update_id}/watch`, body).catch(() => undefined);
  }

  next(): void {
    const { item } = this;
    if (item) this.tell(item);
    void this.go(this.index + 1);
  }

  /** To the next or the previous answer. */
  person(step: 1 | -1): void {
    let to = this.index;
    const here = this.item?.update_id;
    while (this.items[to] && this.items[to]?.update_id === here) to += step;
    if (step < 0) while (to > 0 && this.items[to - 1]?.update_id === this.items[to]?.update_id) to -= 1;
    void this.go(Math.max(0, to));
  }

  toggle(): void {
    if (this.playing) {
      this.playing = false;
      this.media?.pause();
    } else if (this.index >= 0) void this.go(this.index);
  }

  setRate(rate: number): void {
    this.rate = rate;
    savePrefs({ ...loadPrefs(), rate });
    if (this.media) this.media.playbackRate = rate;
  }

  private stop(): void {
    this.playing = false;
    this.media?.pause();
  }
}
