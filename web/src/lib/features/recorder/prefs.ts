// What was chosen last time.

import { SOURCES, type Source } from './types';

export interface RecorderPrefs {
  source: Source;
  camera: string | null;
  microphone: string | null;
  /** Record the sound of the shared tab or screen too. */
  screenSound: boolean;
  countdown: boolean;
  live: boolean;
  /** Centre of the camera bubble, in parts of the picture's width and height. */
  bubble: { x: number; y: number };
}

const KEY = 'meridian.recorder';
const DEFAULTS: RecorderPrefs = {
  source: 'both',
  camera: null,
  microphone: null,
  screenSound: false,
  countdown: true,
  live: false,
  bubble: { x: 0.88, y: 0.8 },
};

const part = (value: unknown, fallback: number): number =>
  typeof value === 'number' && value >= 0 && value <= 1 ? value : fallback;
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const flag = (value: unknown, fallback: boolean): boolean => (typeof value === 'boolean' ? value : fallback);

/** Reads what was kept; whatever does not fit is as at first. */
export function parsePrefs(kept: string | null): RecorderPrefs {
  let given: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(kept ?? '{}');
    if (typeof parsed === 'object' && parsed !== null) given = parsed as Record<string, unknown>;
  } catch {
    // Kept by another version: as at first.
  }
  const bubble = (given['bubble'] ?? {}) as Record<string, unknown>;
  return {
    source: SOURCES.find((source) => source === given['source']) ?? DEFAULTS.source,
    camera: text(given['camera']),
    microphone: text(given['microphone']),
    screenSound: flag(given['screenSound'], DEFAULTS.screenSound),
    countdown: flag(given['countdown'], DEFAULTS.countdown),
    live: false,
    bubble: { x: part(bubble['x'], DEFAULTS.bubble.x), y: part(bubble['y'], DEFAULTS.bubble.y) },
  };
}

export function loadPrefs(): RecorderPrefs {
  try {
    return parsePrefs(localStorage.getItem(KEY));
  } catch {
    return { ...DEFAULTS };
  }
}

export function savePrefs(prefs: RecorderPrefs): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(prefs));
  } catch {
    // They hold for this visit.
  }
}
