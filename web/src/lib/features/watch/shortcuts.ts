// What the watch page's keys do.

import { focusKind, keyAction, type KeyAction } from '../player/keys';
import type { Player } from '../player/player.svelte';

type Shortcuts = Record<KeyAction, () => void>;

interface Places {
  comment: () => void;
  find: () => void;
  help: () => void;
  nextAsk: () => void;
  cinema: () => void;
}

/** Of these also a text update, which has no player, makes sense. */
const FOR_TEXT: ReadonlySet<KeyAction> = new Set<KeyAction>(['comment', 'help', 'next-ask']);

export function shortcutsFor(player: Player, places: Places): Shortcuts {
  return {
    toggle: () => player.toggle(),
    back: () => player.skip(-10_000),
    forward: () => player.skip(10_000),
    'step-back': () => player.skip(-5_000),
    'step-forward': () => player.skip(5_000),
    slower: () => player.stepRate(-1),
    faster: () => player.stepRate(1),
    start: () => player.seek(player.line.startMs),
    end: () => player.seek(player.line.endMs),
    mute: () => player.toggleMuted(),
    full: () => player.toggleFullscreen(),
    captions: () => player.flip('captions'),
    cinema: places.cinema,
    picture: () => player.togglePicture(),
    comment: places.comment,
    find: places.find,
    help: places.help,
    'next-ask': places.nextAsk,
  };
}

/** After a `g` the next key leads to another page. */
const PAIR_MS = 1200;
let gAt = -Infinity;

/** Does what a key asks for, unless what has the focus needs the key itself. */
export function pressed(event: KeyboardEvent, shortcuts: Shortcuts, isText: boolean): void {
  if (document.querySelector('dialog[open], [role=dialog], [role=menu]')) return;
  const focus = focusKind(event.target as Element | null);
  const pair = event.timeStamp - gAt < PAIR_MS;
  gAt = event.key === 'g' && focus !== 'field' ? event.timeStamp : -Infinity;
  if (pair) return;
  const action = keyAction(event, focus);
  if (action === null || (isText && !FOR_TEXT.has(action))) return;
  event.preventDefault();
  shortcuts[action]();
}
