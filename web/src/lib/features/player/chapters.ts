// Chapters on the time line.

import type { Line } from './line';

export interface Chapter {
  at_ms: number;
  title: string;
}

export interface Piece {
  startMs: number;
  endMs: number;
}

/** The chapter that a moment lies in: the last that has begun. */
export function chapterAt<T extends Chapter>(chapters: readonly T[], ms: number): T | null {
  return chapters.findLast((chapter) => chapter.at_ms <= ms) ?? null;
}

/** The visible line cut at the chapters; one piece where there are none. */
export function pieces(chapters: readonly Chapter[], line: Line): Piece[] {
  const inside = chapters
    .map((chapter) => chapter.at_ms)
    .filter((ms) => ms > line.startMs && ms < line.endMs);
  const edges = [line.startMs, ...new Set(inside.sort((a, b) => a - b)), line.endMs];
  return edges.slice(0, -1).map((startMs, index) => ({ startMs, endMs: edges[index + 1] ?? line.endMs }));
}

/** Where "next chapter" goes, or null at the last. */
export function nextChapter(chapters: readonly Chapter[], ms: number): number | null {
  return chapters.find((chapter) => chapter.at_ms > ms + 250)?.at_ms ?? null;
}

/** Where "previous" goes: the start of this chapter, or shortly after that the one before it; null before the first. */
export function previousChapter(chapters: readonly Chapter[], ms: number): number | null {
  return chapters.findLast((chapter) => chapter.at_ms < ms - 3_000)?.at_ms ?? null;
}
