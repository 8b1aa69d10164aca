// The engagement graph over the time line: which parts were played by how many.

/** A filled shape in a box of 100 by 100, its foot at the bottom; each point stands in the middle of its piece. */
export function shape(points: readonly number[]): string {
  if (points.length === 0) return '';
  const step = 100 / points.length;
  const y = (value: number): string => (100 - Math.min(1, Math.max(0, value)) * 100).toFixed(1);
  const middle = points.map((value, index) => `L${((index + 0.5) * step).toFixed(2)} ${y(value)}`);
  return `M0 100L0 ${y(points[0] ?? 0)}${middle.join('')}L100 ${y(points.at(-1) ?? 0)}L100 100Z`;
}

/** Where the part begins that the fewest played, 0..1 of the length; null where all parts are alike. */
export function lowest(points: readonly number[]): number | null {
  const least = Math.min(...points);
  if (points.length === 0 || Math.max(...points) - least < 0.1) return null;
  return points.indexOf(least) / points.length;
}
