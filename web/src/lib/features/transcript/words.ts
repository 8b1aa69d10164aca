// Finding the word and the segment at a moment.

interface Timed {
  start_ms: number;
  end_ms: number;
}

/** The index of the last item that has begun at `ms`, or -1. Items are in order of start. */
export function lastBegun(items: readonly Timed[], ms: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle]?.start_ms ?? Infinity) <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export interface Place {
  segment: number;
  word: number;
}

interface Spoken extends Timed {
  words: readonly Timed[];
}

/**
 * The segment and word spoken at `ms`. Between two words the earlier one stays; a pause of more than
 * `lingerMs` after a segment has no word. Null before the first.
 */
export function placeAt(segments: readonly Spoken[], ms: number, lingerMs = 1_500): Place | null {
  const at = lastBegun(segments, ms);
  const segment = segments[at];
  if (!segment) return null;
  const word = ms > segment.end_ms + lingerMs ? -1 : lastBegun(segment.words, ms);
  return { segment: at, word };
}

/** Puts a segment into the list in order of time; one with the same id is replaced. */
export function placeSegment<T extends Timed & { id: string }>(segments: readonly T[], segment: T): T[] {
  const rest = segments.filter((other) => other.id !== segment.id);
  const at = lastBegun(rest, segment.start_ms) + 1;
  return [...rest.slice(0, at), segment, ...rest.slice(at)];
}

/** Joins a segment's words to what is shown: every word with the blank that follows it. */
export function spaced(text: string, words: readonly { text: string }[]): string[] {
  let at = 0;
  return words.map((word, index) => {
    const trimmed = word.text.trim();
    const found = text.indexOf(trimmed, at);
    if (found < 0) return `${trimmed} `;
    const next = words[index + 1]?.text.trim();
    at = found + trimmed.length;
    const following = next === undefined ? text.length : text.indexOf(next, at);
    return following < 0 ? `${trimmed} ` : text.slice(found, following);
  });
}
