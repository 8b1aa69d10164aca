// The list's behaviour: the spoken word is marked, the list follows it unless the reader has it, words are gone to.

import type { Player } from '../player/player.svelte';
import { follow, scrollTo, START, type FollowEvent, type FollowState } from './follow';
import { rowsIn } from './render';
import type { Scroller } from './scroller';
import type { Segment } from './types';
import { placeAt } from './words';

/** How near an edge of the box the spoken segment may come, in pixels. */
const MARGIN = 72;
const SCROLL_KEYS = new Set(['PageUp', 'PageDown', 'Home', 'End', 'ArrowUp', 'ArrowDown']);

export class ListBehaviour {
  state = $state.raw<FollowState>(START);
  private list: HTMLElement | null = null;
  private scroller: Scroller | null = null;
  private rowNow: HTMLElement | null = null;
  private wordNow: Element | null = null;
  private indexNow = -1;
  private readonly player: Player;
  /** Has a row drawn that is none of the elements yet. */
  private readonly want: (index: number) => void;

  constructor(player: Player, want: (index: number) => void) {
    this.player = player;
    this.want = want;
  }

  /** Binds the box and its list; gives what unbinds them. */
  attach(box: HTMLElement, scroller: Scroller): () => void {
    this.list = box;
    this.scroller = scroller;
    const byHand = (): void => this.event({ kind: 'moved-by-hand' });
    const key = (event: KeyboardEvent): void => {
      if (SCROLL_KEYS.has(event.key) && !(event.target as Element).closest('input,textarea,[role=menu]'))
        byHand();
    };
    const bar = (event: PointerEvent): void => {
      if (event.target === box && event.offsetX > box.clientWidth) byHand();
    };
    const scrolled = (): void => {
      this.event({ kind: 'scrolled', now: performance.now(), spokenVisible: this.spokenVisible() });
    };
    box.addEventListener('wheel', byHand, { passive: true });
    box.addEventListener('touchmove', byHand, { passive: true });
    box.addEventListener('keydown', key);
    box.addEventListener('pointerdown', bar);
    box.addEventListener('scrollend', scrolled);
    return () => {
      box.removeEventListener('wheel', byHand);
      box.removeEventListener('touchmove', byHand);
      box.removeEventListener('keydown', key);
      box.removeEventListener('pointerdown', bar);
      box.removeEventListener('scrollend', scrolled);
      this.list = null;
    };
  }

  private event(event: FollowEvent): void {
    this.state = follow(this.state, event);
  }

  /** Follows again, from here. */
  resume(): void {
    this.event({ kind: 'resumed' });
    if (this.rowNow?.isConnected) this.bringUp(this.rowNow, true);
    else if (this.indexNow >= 0) this.want(this.indexNow);
  }

  /** A jump: wherever the reader was, the text comes along. */
  sought(): void {
    this.event({ kind: 'sought' });
  }

  private row(index: number): HTMLElement | null {
    return this.list?.querySelector<HTMLElement>(`[data-index="${index}"]`) ?? null;
  }

  /** The rows that are drawn, by their index. */
  rows(): ReadonlyMap<number, HTMLElement> {
    return rowsIn(this.list);
  }

  /** Brings a row up that the reader looks for; false: it is to be drawn first. */
  find(index: number): boolean {
    this.event({ kind: 'moved-by-hand' });
    const row = this.row(index);
    if (row) this.bringUp(row, false);
    else this.want(index);
    return row !== null;
  }

  /** Marks what is spoken at `ms`, and keeps it in view while following. */
  show(segments: readonly Segment[], ms: number): void {
    const place = placeAt(segments, ms);
    const index = place?.segment ?? -1;
    const row = index === this.indexNow && this.rowNow?.isConnected ? this.rowNow : this.row(index);
    if (row !== this.rowNow) {
      this.rowNow?.classList.remove('is-now');
      row?.classList.add('is-now');
      this.rowNow = row;
    }
    this.indexNow = index;
    const word = place && place.word >= 0 ? (row?.querySelectorAll('.w')[place.word] ?? null) : null;
    if (word !== this.wordNow) {
      this.wordNow?.classList.remove('is-now');
      word?.classList.add('is-now');
      this.wordNow = word;
    }
    if (!this.state.following) return;
    if (row) this.bringUp(row, false);
    else if (index >= 0) this.want(index);
  }

  /** Scrolls so that a row stands well. */
  bringUp(row: HTMLElement | null, always: boolean): void {
    if (!row || !this.scroller) return;
    const view = this.scroller.view();
    const rect = row.getBoundingClientRect();
    const to = scrollTo(
      { top: 0, height: view.height },
      { top: rect.top - view.top, height: rect.height },
      MARGIN,
    );
    if (to === null && !always) return;
    const delta = rect.top - view.top - view.height / 3;
    if (Math.abs(delta) < 4) return;
    this.event({ kind: 'own-scroll', now: performance.now() });
    const far = Math.abs(delta) > 2 * view.height;
    this.scroller.by(delta, !far && !matchMedia('(prefers-reduced-motion: reduce)').matches);
  }

  private spokenVisible(): boolean {
    if (!this.rowNow?.isConnected || !this.scroller) return false;
    const view = this.scroller.view();
    const rect = this.rowNow.getBoundingClientRect();
    return rect.bottom > view.top && rect.top < view.top + view.height;
  }

  /** A click or Enter on a word or time goes there. Tells whether it did. */
  go(target: EventTarget | null): boolean {
    const word = (target as Element | null)?.closest<HTMLElement>('[data-start-ms]');
    const time = (target as Element | null)?.closest<HTMLElement>('[data-seek-ms]');
    const ms = Number(word?.dataset['startMs'] ?? time?.dataset['seekMs'] ?? Number.NaN);
    if (!Number.isFinite(ms)) return false;
    this.player.seek(ms);
    return true;
  }

  /** Arrow keys go from word to word. */
  arrow(event: KeyboardEvent): boolean {
    const from = (event.target as Element).closest<HTMLElement>('[data-start-ms], [data-seek-ms]');
    if (!from || (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft')) return false;
    const words = [...(this.list?.querySelectorAll<HTMLElement>('[data-start-ms], [data-seek-ms]') ?? [])];
    const at = words.indexOf(from);
    const next = words[at + (event.key === 'ArrowRight' ? 1 : -1)];
    next?.focus();
    return next !== undefined;
  }
}
