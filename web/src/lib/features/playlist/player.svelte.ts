// Plays pieces of several updates one after the other: seeks within an update, has the next one ready in a second
// media element before the first ends, waits at texts, tells what was seen.
import { api } from '$lib/api/client';
import type { Update } from '$lib/api/types';
import { loadPrefs, savePrefs } from '$lib/features/player/prefs';
import { Deck } from './deck.svelte';
import { neighbour } from './queue';
import type { Line, Piece } from './types';

export class PlaylistPlayer {
  index = $state(-1);
  playing = $state(false);
  ended = $state(false);
  rate = $state(loadPrefs().rate);
  /** Where it is in the update, on the source's line. */
  atMs = $state(0);
  lines = $state.raw<Line[]>([]);
  /** Which of the two elements is seen and heard. */
  front = $state(0);
  items = $state.raw<Piece[]>([]);
  readonly decks = [new Deck(), new Deck()] as const;
  private updates: Update[] = [];
  private readonly texts: Record<string, Promise<Line[]> | undefined> = {};
  private frame = 0;
  private told = 0;
  private turn = 0;

  get item(): Piece | null {
    return this.items[this.index] ?? null;
  }

  /** A text is on: it waits until it is read. */
  get reads(): boolean {
    return this.item !== null && this.item.to_ms === 0;
  }

  get failed(): boolean {
    return this.deck.failed;
  }

  get caption(): string {
    return this.lines.find((line) => line.start_ms <= this.atMs && this.atMs < line.end_ms)?.text ?? '';
  }

  private get deck(): Deck {
    return this.decks[this.front === 0 ? 0 : 1];
  }

  private get other(): Deck {
    return this.decks[this.front === 0 ? 1 : 0];
  }

  start(items: Piece[], updates: Update[], at = 0, fromMs: number | null = null): void {
    if (this.index >= 0 && !this.ended) this.tell();
    this.items = items;
    this.updates = updates;
    this.ended = false;
    void this.go(at, fromMs);
  }

  private update(id: string | undefined): Update | undefined {
    return this.updates.find((one) => one.id === id);
  }

  private async go(index: number, fromMs: number | null = null): Promise<void> {
    const turn = ++this.turn;
    cancelAnimationFrame(this.frame);
    const item = this.items[index];
    if (!item) {
      this.stop();
      this.ended = index >= this.items.length;
      return;
    }
    const same = this.item?.update_id === item.update_id;
    this.index = index;
    this.atMs = Math.max(item.from_ms, fromMs ?? 0);
    this.told = this.atMs;
    if (!same) void this.read(item.update_id);
    const update = this.update(item.update_id);
    if (item.to_ms === 0) {
      this.deck.pause();
      this.playing = false;
      this.prepare();
      return;
    }
    if (!update?.media.hls_url) return this.go(index + 1);
    this.playing = true;
    if (this.deck.holds !== update.id) {
      this.deck.pause();
      if (this.other.holds === update.id) this.front = this.front === 0 ? 1 : 0;
    }
    await this.deck.open(update, this.atMs);
    if (turn !== this.turn || !this.playing) return;
    this.deck.seek(this.atMs);
    if (!(await this.deck.play(this.rate))) this.playing = false;
    if (turn !== this.turn) return;
    this.prepare();
    this.watch();
  }

  /** Opens the next update where nobody sees it yet. */
  private prepare(): void {
    const next = this.items[neighbour(this.items, this.index, 1, 'person')];
    const update = this.update(next?.update_id);
    if (next && next.to_ms > 0 && update?.media.hls_url && this.deck.holds !== update.id)
      void this.other.open(update, next.from_ms);
  }

  private readonly watch = (): void => {
    cancelAnimationFrame(this.frame);
    const { item, deck } = this;
    if (!item || !this.playing) return;
    const at = deck.atMs;
    if (!deck.seeking) {
      this.atMs = at;
      if (at >= item.to_ms - 20 || deck.over) {
        this.next();
        return;
      }
    }
    this.frame = requestAnimationFrame(this.watch);
  };

  private async read(id: string): Promise<void> {
    this.lines = [];
    const found = (this.texts[id] ??= this.fetchLines(id));
    const lines = await found;
    if (this.item?.update_id === id) this.lines = lines;
  }

  private async fetchLines(id: string): Promise<Line[]> {
    if (this.update(id)?.transcript.status !== 'ready') return [];
    const read = await api.get<{ segments: Line[] }>(`/updates/${id}/transcript`).catch(() => null);
    return read?.segments ?? [];
  }

  /** What was played of the piece counts as seen. */
  private tell(whole = false): void {
    const { item } = this;
    if (!item) return;
    const text = item.to_ms === 0;
    const to = whole ? item.to_ms : Math.round(Math.min(this.atMs, item.to_ms));
    if (text ? !whole : to <= this.told) return;
    const stretch = text ? [] : [[Math.round(this.told), to]];
    const body = {
      position_ms: to,
      seen_ranges: stretch,
      played_ranges: stretch,
      by: text ? 'reading' : 'watching',
    };
    this.told = to;
    void api.put(`/updates/${item.update_id}/watch`, body).catch(() => undefined);
  }

  next(): void {
    this.tell(true);
    void this.go(this.index + 1);
  }

  /** To the next or the previous person, or question. */
  skip(step: 1 | -1, by: 'person' | 'part'): void {
    this.tell();
    void this.go(neighbour(this.items, this.index, step, by));
  }

  /** To a moment of the update that is on; where that is skipped, to what comes after it. */
  jump(ms: number): void {
    const id = this.item?.update_id;
    const at = this.items.findIndex((item) => item.update_id === id && item.to_ms > ms);
    if (at < 0) return;
    this.tell();
    void this.go(at, ms);
  }

  toggle(): void {
    if (this.playing) {
      this.stop();
      this.tell();
    } else if (this.index >= 0) void this.go(this.index, this.atMs);
  }

  setRate(rate: number): void {
    this.rate = rate;
    savePrefs({ ...loadPrefs(), rate });
    this.deck.setRate(rate);
  }

  private stop(): void {
    this.playing = false;
    cancelAnimationFrame(this.frame);
    this.deck.pause();
  }

  /** The page is left. */
  end(): void {
    this.turn += 1;
    if (!this.ended) this.tell();
    this.stop();
  }
}
