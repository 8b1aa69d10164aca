// The message catalogue: every text that a person reads has a key here. A language is a folder with the same keys;
// the browser loads the one that is spoken (language.svelte.ts), before anything is drawn.
import type { english } from './en';
import type { Entry, Params } from './types';

export type { Params };
export type MessageKey = keyof typeof english;

let catalogue: Readonly<Record<string, Entry>> = {};

/** The texts from now on. What is already drawn has to be drawn anew. */
export function speak(texts: Readonly<Record<string, Entry>>): void {
  catalogue = texts;
}

/** The text of a key. Messages with plurals are functions of their parameters. */
export function t(key: MessageKey, params: Params = {}): string {
  return textOf(catalogue[key], params) ?? key;
}

/** The text of a key that may be none, such as one made of what the server said; null: there is none. */
export function maybe(key: string, params: Params = {}): string | null {
  return Object.hasOwn(catalogue, key) ? textOf(catalogue[key], params) : null;
}

function textOf(entry: Entry | undefined, params: Params): string | null {
  if (entry === undefined) return null;
  if (typeof entry === 'function') return entry(params);
  return entry.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
