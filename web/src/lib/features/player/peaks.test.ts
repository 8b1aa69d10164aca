import { describe, expect, it } from 'vitest';
import { bars, type Peaks } from './peaks';

const peaks: Peaks = {
  version: 2,
  channels: 1,
  sample_rate: 16_000,
  samples_per_pixel: 256,
  bits: 8,
  length: 4,
  data: [-10, 5, -20, 40, 0, 0, -80, 8],
};

describe('bars', () => {
  it('takes the larger side and scales to the loudest', () =>
    expect(bars(peaks, 4)).toEqual([0.125, 0.5, 0, 1]));
  it('joins pixels when there are fewer bars', () => expect(bars(peaks, 2)).toEqual([0.5, 1]));
  it('repeats pixels when there are more', () => expect(bars(peaks, 8)).toHaveLength(8));
  it('takes the first channel only', () => {
    const stereo = { ...peaks, channels: 2, length: 2, data: [-10, 5, -90, 90, -20, 20, -90, 90] };
    expect(bars(stereo, 2)).toEqual([0.5, 1]);
  });
  it('is empty for an empty file', () => expect(bars({ ...peaks, data: [], length: 0 }, 5)).toEqual([]));
});
