// Find and replace: what becomes of the segments in which something was found.

import type { Match } from './find';

/** A segment's text before and after. */
export interface Change {
  id: string;
  from: string;
  to: string;
}

/** The changes that putting `by` in the place of matches makes; segments that stay as they are are left out. */
export function replaced(
  segments: readonly { id: string; text: string }[],
  matches: readonly Match[],
  by: string,
): Change[] {
  const byText = new Map<number, Match[]>();
  for (const match of matches) byText.set(match.segment, [...(byText.get(match.segment) ?? []), match]);
  return [...byText].flatMap(([index, found]) => {
    const segment = segments[index];
    if (!segment) return [];
    // From the end, so that what comes before keeps its place.
    const to = found
      .sort((a, b) => b.from - a.from)
      .reduce((text, { from, to: end }) => text.slice(0, from) + by + text.slice(end), segment.text)
      .replace(/ {2,}/g, ' ')
      .trim();
    return to === segment.text.trim() ? [] : [{ id: segment.id, from: segment.text, to }];
  });
}
