// Sizes in words.
import { locale } from '$lib/messages/locale';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `1.5 GB`, in steps of 1000. */
export function bytes(size: number): string {
  let value = Math.max(0, size);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  const shown = new Intl.NumberFormat(locale(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
  return `${shown} ${UNITS[unit]}`;
}
