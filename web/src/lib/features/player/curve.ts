// The engagement graph over the time line: which parts were played by how many, and which again.

export interface Graph {
  /** For each piece of the length the share of its viewers who played it, 0..1. */
  points: readonly number[];
  /** The share of them who played it more than once. */
  replayed: readonly number[];
}

/** A line in a box of 100 by 100 from its left to its right edge; each point stands in the middle of its piece. */
export function outline(points: readonly number[]): string {
  if (points.length === 0) return '';
  const step = 100 / points.length;
  const y = (value: number): string => (100 - Math.min(1, Math.max(0, value)) * 100).toFixed(1);
  const middle = points.map((value, index) => `L${((index + 0.5) * step).toFixed(2)} ${y(value)}`);
  return `M0 ${y(points[0] ?? 0)}${middle.join('')}L100 ${y(points.at(-1) ?? 0)}`;
}

/** The same as a filled shape, its foot at the bottom. */
export function shape(points: readonly number[]): string {
  return points.length === 0 ? '' : `M0 100L${outline(points).slice(1)}L100 100Z`;
}

/** Where the part begins that the fewest played, 0..1 of the length; null where all parts are alike. */
export function lowest(points: readonly number[]): number | null {
  const least = Math.min(...points);
  if (points.length === 0 || Math.max(...points) - least < 0.1) return null;
  return points.indexOf(least) / points.length;
}

/** Where the part begins that the most played again, 0..1 of the length; null where nobody did. */
export function highest(points: readonly number[]): number | null {
  const most = Math.max(0, ...points);
  return most === 0 ? null : points.indexOf(most) / points.length;
}
