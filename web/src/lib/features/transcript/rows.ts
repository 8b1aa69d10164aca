// What the transcript's list shows: segments, with chapters before them and the comments made at them.

import type { Chapter } from '../player/chapters';
import type { Comment } from '../comments/types';
import type { Segment } from './types';
import { lastBegun } from './words';

export interface Row {
  segment: Segment;
  index: number;
  /** The chapter that begins here. */
  chapter: string | null;
  comments: Comment[];
  /** A pause before this segment, where it is long enough to be told. */
  pauseMs: number;
}

/** Pauses from here on are told. */
const TOLD_PAUSE_MS = 4_000;

export function toRows(
  segments: readonly Segment[],
  chapters: readonly Chapter[],
  comments: readonly Comment[],
): Row[] {
  const rows = segments.map((segment, index): Row => {
    const before = segments[index - 1];
    const pauseMs = segment.start_ms - (before?.end_ms ?? segment.start_ms);
    return { segment, index, chapter: null, comments: [], pauseMs: pauseMs >= TOLD_PAUSE_MS ? pauseMs : 0 };
  });
  for (const chapter of chapters) {
    const row = rows.find(({ segment }) => segment.end_ms > chapter.at_ms);
    if (row) row.chapter = chapter.title;
  }
  for (const comment of comments) {
    if (comment.at_ms === null || comment.parent_id !== null || comment.deleted_at !== null) continue;
    rows[Math.max(0, lastBegun(segments, comment.at_ms))]?.comments.push(comment);
  }
  return rows;
}
