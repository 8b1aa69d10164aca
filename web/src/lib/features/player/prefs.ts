// How this person likes to watch, kept in this browser.

import { readQuality, type Quality } from './quality';

export interface Prefs {
  rate: number;
  volume: number;
  muted: boolean;
  captions: boolean;
  /** Captions stand at the upper edge: the camera bubble may be below. */
  captionsTop: boolean;
  skipSilence: boolean;
  quality: Quality;
  /** The player has the whole width. */
  cinema: boolean;
  /** What comes next begins by itself. */
  playNext: boolean;
}

const KEY = 'meridian.player';
export const RATES: readonly number[] = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];
const DEFAULTS: Prefs = {
  rate: 1,
  volume: 1,
  muted: false,
  captions: false,
  captionsTop: false,
  skipSilence: false,
  quality: 'auto',
  cinema: false,
  playNext: false,
};

/** Puts a speed between the slowest and the fastest. */
export function clampRate(rate: number): number {
  return Number.isFinite(rate) ? Math.min(3, Math.max(0.5, rate)) : 1;
}

/** The next speed of the list in a direction. */
export function stepRate(rate: number, direction: 1 | -1): number {
  const next =
    direction > 0 ? RATES.find((step) => step > rate + 0.001) : RATES.findLast((step) => step < rate - 0.001);
  return next ?? clampRate(rate);
}

/** What was kept, with the defaults where it is missing or makes no sense. */
export function readPrefs(stored: string | null): Prefs {
  try {
    const value: unknown = JSON.parse(stored ?? '{}');
    if (typeof value !== 'object' || value === null) return { ...DEFAULTS };
    const given = value as Partial<Record<keyof Prefs, unknown>>;
    return {
      rate: typeof given.rate === 'number' ? clampRate(given.rate) : DEFAULTS.rate,
      volume: typeof given.volume === 'number' ? Math.min(1, Math.max(0, given.volume)) : DEFAULTS.volume,
      muted: given.muted === true,
      captions: given.captions === true,
      captionsTop: given.captionsTop === true,
      skipSilence: given.skipSilence === true,
      quality: readQuality(given.quality),
      cinema: given.cinema === true,
      playNext: given.playNext === true,
    };
  } catch {
    return { ...DEFAULTS };
  }
}

export function loadPrefs(): Prefs {
  try {
    return readPrefs(localStorage.getItem(KEY));
  } catch {
    return { ...DEFAULTS };
  }
}

export function savePrefs(prefs: Prefs): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(prefs));
  } catch {
    // a browser that keeps nothing still plays
  }
}
