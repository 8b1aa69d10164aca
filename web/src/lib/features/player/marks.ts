// Comments and reactions as marks on the time line: those too near to tell apart become one.

export interface Mark<T> {
  atMs: number;
  item: T;
}

export interface Cluster<T> {
  /** Where the mark stands: the first moment of the cluster. */
  atMs: number;
  /** The same in percent of the length. */
  x: number;
  items: T[];
}

/** Joins marks that would stand less than `gapPx` apart on a line of `widthPx`. */
export function clusterMarks<T>(
  marks: readonly Mark<T>[],
  durationMs: number,
  widthPx: number,
  gapPx: number,
): Cluster<T>[] {
  if (durationMs <= 0) return [];
  const inside = marks.filter((mark) => mark.atMs >= 0 && mark.atMs <= durationMs);
  const sorted = [...inside].sort((a, b) => a.atMs - b.atMs);
  const gapMs = widthPx > 0 ? (gapPx / widthPx) * durationMs : 0;
  const clusters: Cluster<T>[] = [];
  for (const mark of sorted) {
    const last = clusters[clusters.length - 1];
    if (last && (mark.atMs === last.atMs || mark.atMs - last.atMs < gapMs)) last.items.push(mark.item);
    else clusters.push({ atMs: mark.atMs, x: (mark.atMs / durationMs) * 100, items: [mark.item] });
  }
  return clusters;
}
