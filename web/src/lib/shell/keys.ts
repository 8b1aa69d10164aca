// Keyboard shortcuts of the whole app. Single keys only act where nothing is being typed.

export type Action =
  'search' | 'help' | 'home' | 'catchUp' | 'inbox' | 'record' | 'teams' | 'write' | 'settings';

const AFTER_G: Record<string, Action> = {
  h: 'home',
  c: 'catchUp',
  i: 'inbox',
  r: 'record',
  t: 'teams',
  w: 'write',
  s: 'settings',
};
/** How long after `g` the second key counts. */
const PAIR_MS = 1200;

export interface Press {
  key: string;
  /** A modifier other than Shift is down, or somebody types into a field. */
  busy: boolean;
  at: number;
}

/** Makes a reader of key presses that remembers a `g`. */
export function reader(): (press: Press) => Action | null {
  let gAt = -Infinity;
  return ({ key, busy, at }) => {
    if (busy) {
      gAt = -Infinity;
      return null;
    }
    const pair = at - gAt < PAIR_MS;
    gAt = -Infinity;
    if (pair && AFTER_G[key]) return AFTER_G[key];
    if (key === 'g') gAt = at;
    if (key === '/') return 'search';
    return key === '?' ? 'help' : null;
  };
}

/** Whether keys belong to what has the focus. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest('input, textarea, select, dialog[open], [role=dialog], [role=menu]') !== null
  );
}
