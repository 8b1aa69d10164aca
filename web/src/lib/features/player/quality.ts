// How good the picture is to be: by the network, at most so tall, or none at all where the line is thin.

/** `auto`: what the network carries; `sound`: no picture; else the tallest picture, in lines. */
export type Quality = 'auto' | 'sound' | number;

/** Heights of pictures without repetition, tallest first. */
export function sorted(heights: readonly (number | null | undefined)[]): number[] {
  const known = heights.filter((height): height is number => typeof height === 'number' && height > 0);
  return [...new Set(known)].sort((a, b) => b - a);
}

/** The heights of the pictures that a master list names. */
export function heightsIn(master: string): number[] {
  const found = master.matchAll(/^#EXT-X-STREAM-INF:(?:.*,)?RESOLUTION=\d+x(\d+)/gm);
  return sorted([...found].map(([, height]) => Number(height)));
}

/**
 * The index of the level to play: the tallest that is not taller than wanted, else the smallest, which also stands in
 * for sound alone where there is none. -1: the network decides.
 */
export function levelFor(levels: readonly { height: number; bitrate: number }[], wanted: Quality): number {
  if (wanted === 'auto' || levels.length === 0) return -1;
  const most = wanted === 'sound' ? 0 : wanted;
  const order = [...levels.entries()].sort(([, a], [, b]) => a.height - b.height || a.bitrate - b.bitrate);
  const [best] = order.findLast(([, { height }]) => height <= most) ?? order[0] ?? [-1];
  return best;
}

/** Reads what was kept. */
export function readQuality(kept: unknown): Quality {
  if (kept === 'sound') return 'sound';
  return typeof kept === 'number' && kept > 0 && kept < 10_000 ? Math.round(kept) : 'auto';
}
