// How fast an upload goes and how long it has left, without the figure jumping about.
import { locale } from '$lib/messages/locale';

interface Sample {
  at: number;
  bytes: number;
}

/** The window over which the speed is measured. */
const WINDOW_MS = 6_000;

export class RateMeter {
  private samples: Sample[] = [];

  /** Tells how many bytes have arrived in all by `now` (ms). Bytes that go back start the measure anew. */
  add(now: number, bytes: number): void {
    const last = this.samples[this.samples.length - 1];
    if (last && bytes < last.bytes) this.samples = [];
    this.samples.push({ at: now, bytes });
    const from = now - WINDOW_MS;
    while (this.samples.length > 2 && (this.samples[1]?.at ?? now) <= from) this.samples.shift();
  }

  reset(): void {
    this.samples = [];
  }

  /** Bytes a second, or null as long as too little is known. */
  bytesPerSecond(): number | null {
    const [first, last] = [this.samples[0], this.samples[this.samples.length - 1]];
    if (!first || !last || last.at - first.at < 300) return null;
    return ((last.bytes - first.bytes) / (last.at - first.at)) * 1000;
  }
}

/** Seconds until `total` at this speed, or null when it stands still. */
export function secondsLeft(sent: number, total: number, bytesPerSecond: number | null): number | null {
  if (bytesPerSecond === null || bytesPerSecond < 1) return null;
  return Math.max(0, (total - sent) / bytesPerSecond);
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** `1_536_000` -> `"1.5 MB"` (powers of ten, as file managers show), in the reader's own number format. */
export function formatBytes(bytes: number, language = locale()): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: UNITS[unit] ?? 'byte',
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: digits,
  }).format(value);
}
