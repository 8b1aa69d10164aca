// Find in the transcript: the matches, which one is current, and their marks in the text (as highlights of the
// document, so that twenty thousand words need not be drawn anew for a letter typed).

import { untrack } from 'svelte';
import { findAll, type Match } from './find';
import { rangeOf } from './render';
import type { Segment } from './types';

const canHighlight = typeof CSS !== 'undefined' && 'highlights' in CSS;

/** A place in the text. */
interface Place {
  segment: number;
  offset: number;
}

export class Finder {
  query = $state('');
  open = $state(false);
  at = $state(0);
  matches = $state.raw<Match[]>([]);
  /** From where it is looked on when the text changes. */
  place: Place | null = null;
  readonly current: Match | null = $derived(this.matches[this.at] ?? null);

  /** Looks again from a place on, after the query or the text has changed. */
  search(segments: readonly Segment[], from: Place): void {
    this.matches = this.open ? findAll(segments, this.query) : [];
    const next = this.matches.findIndex(
      (match) =>
        match.segment > from.segment || (match.segment === from.segment && match.from >= from.offset),
    );
    this.at = Math.max(0, next);
  }

  /** Keeps matches and marks up with the text; to be called while a component starts. */
  keepUp(
    segments: () => readonly Segment[],
    nowMs: () => number,
    rows: () => ReadonlyMap<number, HTMLElement>,
    bringUp: (segment: number) => boolean,
  ): void {
    // Where the same is looked for in another text, it goes on where it was.
    let asked = '';
    $effect(() => {
      if (this.current) this.place = { segment: this.current.segment, offset: this.current.from };
    });
    $effect(() => {
      const query = this.query;
      void this.open;
      const all = segments();
      untrack(() => {
        const spoken = all.findIndex((segment) => segment.end_ms >= nowMs());
        const here = query === asked ? this.place : null;
        asked = query;
        this.search(all, here ?? { segment: Math.max(0, spoken), offset: 0 });
      });
    });
    // Each match is brought up once, as soon as it is drawn; what is drawn later is marked.
    let waiting: Match | null = null;
    $effect(() => {
      waiting = this.current;
    });
    $effect(() => {
      void this.current;
      const drawn = rows();
      this.mark(drawn);
      untrack(() => {
        if (waiting && bringUp(waiting.segment)) waiting = null;
      });
      return () => this.unmark();
    });
  }

  step(direction: 1 | -1): void {
    const count = this.matches.length;
    if (count > 0) this.at = (this.at + direction + count) % count;
  }

  /** Marks what is found in the paragraphs that are drawn. */
  private mark(rows: ReadonlyMap<number, HTMLElement>): void {
    if (!canHighlight) return;
    this.unmark();
    const all: Range[] = [];
    for (const [index, match] of this.matches.entries()) {
      const paragraph = rows.get(match.segment)?.querySelector('p');
      const range = paragraph && rangeOf(paragraph, match.from, match.to);
      if (!range) continue;
      if (index === this.at) CSS.highlights.set('transcript-hit-now', new Highlight(range));
      else all.push(range);
    }
    CSS.highlights.set('transcript-hit', new Highlight(...all));
  }

  unmark(): void {
    if (!canHighlight) return;
    CSS.highlights.delete('transcript-hit');
    CSS.highlights.delete('transcript-hit-now');
  }

  close(): void {
    this.open = false;
    this.place = null;
    this.matches = [];
    this.unmark();
  }
}
