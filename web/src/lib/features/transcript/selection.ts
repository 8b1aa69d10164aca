// Words chosen in the transcript: which, and when they are said.

/** What is done with chosen words. */
export type Use = 'comment' | 'copy' | 'link' | 'correct';

/** Words that are to be corrected. */
export interface Wanted {
  segmentId: string;
  text: string;
}

export interface Span {
  startMs: number;
  endMs: number;
  text: string;
  /** The segment in which it begins, and what of it lies there. */
  segmentId?: string | undefined;
  inSegment?: string | undefined;
}

/** The span of the words that a range touches within `box`; null where it touches none. */
export function spanOf(range: Range, box: HTMLElement): Span | null {
  const root = range.commonAncestorContainer;
  const around = root instanceof HTMLElement ? root : root.parentElement;
  if (!around || !(box.contains(around) || around.contains(box))) return null;
  const scope = around.closest<HTMLElement>('.w') ?? around;
  const all = scope.matches('.w') ? [scope] : [...scope.querySelectorAll<HTMLElement>('.w')];
  const words = all.filter((word) => box.contains(word) && touches(range, word));
  return words.length === 0 ? null : spanOfWords(words.map(read));
}

/** Whether the range covers some of a word's letters, not only its edge. */
function touches(range: Range, word: HTMLElement): boolean {
  const own = document.createRange();
  own.selectNodeContents(word);
  return (
    range.compareBoundaryPoints(Range.END_TO_START, own) < 0 &&
    range.compareBoundaryPoints(Range.START_TO_END, own) > 0
  );
}

function read(word: HTMLElement): Span {
  return {
    startMs: Number(word.dataset['startMs']),
    endMs: Number(word.dataset['endMs']),
    text: word.textContent ?? '',
    segmentId: word.closest<HTMLElement>('[data-segment]')?.dataset['segment'],
  };
}

/** One span over several words; the server takes spans of some length only. */
export function spanOfWords(words: readonly Span[]): Span {
  const startMs = Math.min(...words.map((word) => word.startMs));
  const endMs = Math.max(...words.map((word) => word.endMs), startMs + 1);
  const segmentId = words[0]?.segmentId;
  const inSegment = words.filter((word) => word.segmentId === segmentId);
  const said = (some: readonly Span[]): string => some.map((word) => word.text).join(' ');
  return { startMs, endMs, text: said(words), segmentId, inSegment: segmentId && said(inSegment) };
}
