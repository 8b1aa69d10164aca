// A segment's words as elements. Made by hand rather than by a template: two hours are some twenty thousand
// words, and none of them needs a life of its own.

import type { Segment } from './types';
import { spaced } from './words';

/** Below this the word is faintly marked as hard to hear. */
export const LOW_CONFIDENCE = 0.5;

/** Fills a paragraph with the segment's words, each with the time it starts. */
export function renderWords(paragraph: HTMLElement, segment: Segment, lowTitle: string): void {
  if (segment.words.length === 0) {
    const whole = document.createElement('span');
    whole.className = 'w';
    whole.dataset['startMs'] = String(segment.start_ms);
    whole.dataset['endMs'] = String(segment.end_ms);
    whole.textContent = segment.text;
    paragraph.replaceChildren(whole);
    return;
  }
  const pieces = spaced(segment.text, segment.words);
  const nodes: Node[] = [];
  for (const [index, word] of segment.words.entries()) {
    const piece = pieces[index] ?? word.text;
    const text = piece.trimEnd();
    const span = document.createElement('span');
    span.className = 'w';
    span.dataset['startMs'] = String(word.start_ms);
    span.dataset['endMs'] = String(word.end_ms);
    span.textContent = text;
    span.tabIndex = -1;
    if (word.confidence !== null && word.confidence < LOW_CONFIDENCE) {
      span.classList.add('low');
      span.title = lowTitle;
    }
    nodes.push(span);
    if (piece.length > text.length) nodes.push(document.createTextNode(' '));
  }
  paragraph.replaceChildren(...nodes);
}

/** The range in the document that a match covers, or null where it is not shown. */
export function rangeOf(paragraph: HTMLElement, from: number, to: number): Range | null {
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let at = 0;
  let begun = false;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = node.textContent?.length ?? 0;
    if (!begun && from < at + length) {
      range.setStart(node, Math.max(0, from - at));
      begun = true;
    }
    if (begun && to <= at + length) {
      range.setEnd(node, Math.max(0, to - at));
      return range;
    }
    at += length;
  }
  return null;
}

/** The segments' rows that are drawn in a list, by their index. */
export function rowsIn(list: Element | null): ReadonlyMap<number, HTMLElement> {
  const all = list?.querySelectorAll<HTMLElement>('[data-index]') ?? [];
  return new Map([...all].map((row) => [Number(row.dataset['index']), row]));
}
