// A long transcript in parts: only those near what is in view have their words as elements, each with a life of
// its own; the others hold their text as one piece, so that order, reading aloud and the browser's own search keep it.

import type { Row } from './rows';

/** Rows in a part: so few that one is drawn within a frame. */
const SIZE = 10;
/** Up to here the whole is one part, always drawn. */
const WHOLE = 300;
/** How far beyond the edges parts are drawn. */
const AHEAD = '100% 0px';

export interface Part {
  index: number;
  rows: readonly Row[];
  text: string;
}

export function toParts(rows: readonly Row[], size = rows.length > WHOLE ? SIZE : WHOLE): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < rows.length; at += size) {
    const some = rows.slice(at, at + size);
    parts.push({
      index: parts.length,
      rows: some,
      text: some.map((row) => row.segment.text.trim()).join(' '),
    });
  }
  return parts;
}

/** The part in which a row stands. */
export function partOf(parts: readonly Part[], row: number): number {
  const size = parts[0]?.rows.length ?? 1;
  return Math.min(parts.length - 1, Math.floor(row / size));
}

export class Drawn {
  /** Near what is in view. */
  private near = $state.raw<readonly number[]>([0]);
  /** Where the list goes next: drawn before it is there. */
  private wanted = $state<number | null>(null);
  /** Of parts not drawn yet the height is guessed from their letters. */
  private pixelsPerLetter = $state(0.8);
  private readonly heights: Record<number, number> = {};
  private elements: readonly (readonly [Element, number])[] = [];
  private observer: IntersectionObserver | null = null;

  has(part: number): boolean {
    return part === this.wanted || this.near.includes(part);
  }

  /** Draws a part that is gone to. */
  want(part: number): void {
    this.wanted = part;
  }

  /** The height that a part keeps while it is not drawn, in pixels. */
  heightOf(part: Part): number {
    return this.heights[part.index] ?? Math.ceil(part.text.length * this.pixelsPerLetter);
  }

  /** An attachment that watches a part's element. */
  watch(part: number): (element: Element) => () => void {
    return (element) => {
      this.elements = [...this.elements, [element, part]];
      this.observer?.observe(element);
      return () => {
        this.elements = this.elements.filter(([one]) => one !== element);
        this.observer?.unobserve(element);
      };
    };
  }

  /** Watches within the box that scrolls (null: the page); gives what ends it. */
  begin(root: Element | null): () => void {
    this.observer = new IntersectionObserver((entries) => this.moved(entries), { root, rootMargin: AHEAD });
    for (const [element] of this.elements) this.observer.observe(element);
    return () => {
      this.observer?.disconnect();
      this.observer = null;
    };
  }

  private moved(entries: readonly IntersectionObserverEntry[]): void {
    const left = entries.filter((entry) => !entry.isIntersecting).map((entry) => this.partAt(entry.target));
    const come = entries.filter((entry) => entry.isIntersecting).map((entry) => this.partAt(entry.target));
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      const part = this.partAt(target);
      if (!isIntersecting && this.has(part))
        this.measured(part, boundingClientRect.height, target.textContent?.length ?? 0);
    }
    // What is being written in, focused or chosen stays, however far away.
    const held = this.elements.filter(([element, part]) => this.has(part) && isHeld(element));
    const kept = this.near.filter((part) => !left.includes(part) && !come.includes(part));
    this.near = [...kept, ...come, ...held.map(([, part]) => part)];
  }

  private partAt(element: Element): number {
    return this.elements.find(([one]) => one === element)?.[1] ?? -1;
  }

  private measured(part: number, height: number, letters: number): void {
    if (letters > 0 && Object.keys(this.heights).length === 0) this.pixelsPerLetter = height / letters;
    this.heights[part] = height;
  }
}

function isHeld(element: Element): boolean {
  if (element.contains(document.activeElement) || element.querySelector('textarea')) return true;
  const chosen = document.getSelection();
  return chosen !== null && !chosen.isCollapsed && chosen.containsNode(element, true);
}
