import { describe, expect, it } from 'vitest';
import { highest, lowest, outline, shape } from './curve';

describe('shape', () => {
  it('stands on the bottom and is as high as the share', () => {
    expect(shape([1, 0.5])).toBe('M0 100L0 0.0L25.00 0.0L75.00 50.0L100 50.0L100 100Z');
    expect(shape([2, -1])).toBe('M0 100L0 0.0L25.00 0.0L75.00 100.0L100 100.0L100 100Z');
    expect(shape([])).toBe('');
  });
});

describe('outline', () => {
  it('goes from edge to edge', () => {
    expect(outline([0, 0.5])).toBe('M0 100.0L25.00 100.0L75.00 50.0L100 50.0');
    expect(outline([])).toBe('');
  });
});

describe('highest', () => {
  it('is where the most played it again', () => {
    expect(highest([0, 0, 0.2, 0.4])).toBe(0.75);
    expect(highest([0, 0])).toBeNull();
    expect(highest([])).toBeNull();
  });
});

describe('lowest', () => {
  it('is where the fewest played', () => {
    expect(lowest([1, 1, 0.6, 0.6])).toBe(0.5);
    expect(lowest([1, 0.95])).toBeNull();
    expect(lowest([])).toBeNull();
  });
});
