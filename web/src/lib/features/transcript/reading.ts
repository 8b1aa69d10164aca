// Reading counts as seeing: a segment is read when it has been in view for as long as reading it takes.

/** A quick reader's pace, in words a minute: who scrolls faster than this has not read it. */
const WORDS_A_MINUTE = 500;
/** However short, a segment needs a glance. */
const GLANCE_MS = 350;

/** How long a segment must be in view. */
export function readingMs(words: number): number {
  return Math.max(GLANCE_MS, (words / WORDS_A_MINUTE) * 60_000);
}

interface Readable {
  id: string;
  start_ms: number;
  end_ms: number;
  words: readonly unknown[];
}

/** Collects how long segments were in view and gives the spans that are read. */
export class ReadingLog {
  private readonly seenFor = new Map<string, number>();
  private readonly done = new Set<string>();

  /**
   * The segments in view shared `elapsedMs` of attention, from the top. Gives the spans newly read, each up to
   * the start of the next segment, so that a transcript read to its end covers its pauses too.
   */
  look(segments: readonly Readable[], inView: ReadonlySet<string>, elapsedMs: number): [number, number][] {
    const spans: [number, number][] = [];
    let attention = elapsedMs;
    for (const [index, segment] of segments.entries()) {
      if (attention <= 0) break;
      if (!inView.has(segment.id) || this.done.has(segment.id)) continue;
      const needed = readingMs(segment.words.length);
      const before = this.seenFor.get(segment.id) ?? 0;
      const given = Math.min(attention, needed - before);
      attention -= given;
      this.seenFor.set(segment.id, before + given);
      if (before + given < needed) continue;
      this.done.add(segment.id);
      const next = segments[index + 1];
      spans.push([index === 0 ? 0 : segment.start_ms, Math.max(segment.end_ms, next?.start_ms ?? 0)]);
    }
    return spans;
  }
}
