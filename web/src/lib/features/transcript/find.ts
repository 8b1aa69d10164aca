// Find in the transcript: case and accents do not matter, and a match may run over a segment's words.

export interface Match {
  segment: number;
  /** Offsets in the segment's text, in UTF-16 units, as `String.slice` takes them. */
  from: number;
  to: number;
}

/** Folds case and accents; `map[i]` is where the i-th unit of `text` came from. */
function fold(source: string): { text: string; map: number[] } {
  let text = '';
  const map: number[] = [];
  let at = 0;
  for (const char of source) {
    const plain = char.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[’‘]/g, "'");
    for (let unit = 0; unit < plain.length; unit += 1) map.push(at);
    text += plain;
    at += char.length;
  }
  map.push(at);
  return { text, map };
}

/** Every match in order. An empty query has none. */
export function findAll(segments: readonly { text: string }[], query: string): Match[] {
  const wanted = fold(query.trim().replace(/\s+/g, ' ')).text;
  if (wanted === '') return [];
  return segments.flatMap((segment, index) => {
    const { text, map } = fold(segment.text);
    const matches: Match[] = [];
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      matches.push({
        segment: index,
        from: map[at] ?? 0,
        to: map[at + wanted.length] ?? segment.text.length,
      });
    }
    return matches;
  });
}

/** The word of a segment in which an offset of its text lies; `pieces` are the words as shown. */
export function wordAtOffset(pieces: readonly string[], offset: number): number {
  let end = 0;
  for (const [index, piece] of pieces.entries()) {
    end += piece.length;
    if (offset < end) return index;
  }
  return pieces.length - 1;
}

/** The match to go to first: the next one spoken from `segment` on, else the first. */
export function firstFrom(matches: readonly Match[], segment: number): number {
  const index = matches.findIndex((match) => match.segment >= segment);
  return index < 0 ? 0 : index;
}
