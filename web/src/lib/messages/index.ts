// The message catalogue: every text that a person reads has a key here. Another language is another folder
// with the same keys.
import { admin } from './en/admin';
import { auth } from './en/auth';
import { core } from './en/core';
import { discuss } from './en/discuss';
import { places } from './en/places';
import { record } from './en/record';
import { rounds } from './en/rounds';
import { settings } from './en/settings';
import { share } from './en/share';
import { tell } from './en/tell';
import { together } from './en/together';
import { watch } from './en/watch';
import type { Params } from './types';

const english = {
  ...core,
  ...auth,
  ...places,
  ...settings,
  ...share,
  ...watch,
  ...discuss,
  ...record,
  ...rounds,
  ...tell,
  ...together,
  ...admin,
};

export type { Params };
type Entry = string | ((params: Params) => string);
export type MessageKey = keyof typeof english;

const catalogue: Record<string, Entry> = english;

/** The text of a key. Messages with plurals are functions of their parameters. */
export function t(key: MessageKey, params: Params = {}): string {
  const entry = catalogue[key];
  if (entry === undefined) return key;
  if (typeof entry === 'function') return entry(params);
  return entry.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
