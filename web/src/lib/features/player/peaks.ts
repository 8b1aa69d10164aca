// The waveform file (audiowaveform's JSON): min and max of each pixel in turn, signed, `bits` wide.

export interface Peaks {
  version: number;
  channels: number;
  sample_rate: number;
  samples_per_pixel: number;
  bits: number;
  length: number;
  data: number[];
}

/** The height of each of `count` bars, 0..1 of the loudest, from the first channel. */
export function bars(peaks: Peaks, count: number): number[] {
  const pairs = Math.min(peaks.length, Math.floor(peaks.data.length / 2 / Math.max(1, peaks.channels)));
  if (pairs === 0 || count <= 0) return [];
  const stride = 2 * Math.max(1, peaks.channels);
  const out: number[] = [];
  for (let bar = 0; bar < count; bar += 1) {
    const from = Math.floor((bar * pairs) / count);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * pairs) / count));
    let high = 0;
    for (let at = from; at < to && at < pairs; at += 1) {
      high = Math.max(
        high,
        Math.abs(peaks.data[at * stride] ?? 0),
        Math.abs(peaks.data[at * stride + 1] ?? 0),
      );
    }
    out.push(high);
  }
  const loudest = Math.max(...out, 1);
  return out.map((value) => value / loudest);
}
