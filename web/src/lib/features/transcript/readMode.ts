// Watches which segments are in view while the transcript is read, and tells what is read.

import { ReadingLog } from './reading';
import type { Segment } from './types';

const EVERY_MS = 500;

/** Starts watching; gives what stops it. Time counts only while the page is in front. */
export function watchReading(
  box: HTMLElement,
  segments: () => readonly Segment[],
  onread: (spans: [number, number][]) => void,
): () => void {
  const log = new ReadingLog();
  const inView = new Set<string>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        const id = (entry.target as HTMLElement).dataset['segment'] ?? '';
        if (entry.intersectionRatio >= 0.6) inView.add(id);
        else inView.delete(id);
      }
    },
    { threshold: [0, 0.6, 1] },
  );
  const watched = new Set<Element>();
  const look = (): void => {
    for (const row of box.querySelectorAll('[data-segment]')) {
      if (watched.has(row)) continue;
      watched.add(row);
      observer.observe(row);
    }
    if (document.visibilityState !== 'visible') return;
    const spans = log.look(segments(), inView, EVERY_MS);
    if (spans.length > 0) onread(spans);
  };
  look();
  const timer = window.setInterval(look, EVERY_MS);
  return () => {
    window.clearInterval(timer);
    observer.disconnect();
  };
}
