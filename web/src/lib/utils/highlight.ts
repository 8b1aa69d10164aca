// Marks in found text. The server counts in Unicode code points; JavaScript strings in UTF-16 units.

export interface Piece {
  text: string;
  hit: boolean;
}

/** Cuts a text at its marks; ranges that overlap, run backwards or leave the text are put right. */
export function pieces(text: string, highlights: [number, number][]): Piece[] {
  const points = [...text];
  const found: Piece[] = [];
  let at = 0;
  for (const [from, to] of [...highlights].sort((a, b) => a[0] - b[0])) {
    const start = Math.max(at, from);
    const end = Math.min(points.length, to);
    if (end <= start) continue;
    if (start > at) found.push({ text: points.slice(at, start).join(''), hit: false });
    found.push({ text: points.slice(start, end).join(''), hit: true });
    at = end;
  }
  if (at < points.length) found.push({ text: points.slice(at).join(''), hit: false });
  return found;
}
