// The watch page's keyboard: which key asks for what.

export type KeyAction =
  | 'toggle'
  | 'back'
  | 'forward'
  | 'step-back'
  | 'step-forward'
  | 'slower'
  | 'faster'
  | 'start'
  | 'end'
  | 'mute'
  | 'full'
  | 'captions'
  | 'cinema'
  | 'picture'
  | 'comment'
  | 'find'
  | 'help'
  | 'next-ask';

const KEYS: Record<string, KeyAction> = {
  ' ': 'toggle',
  k: 'toggle',
  j: 'back',
  l: 'forward',
  ArrowLeft: 'step-back',
  ArrowRight: 'step-forward',
  ',': 'slower',
  '<': 'slower',
  '.': 'faster',
  '>': 'faster',
  Home: 'start',
  End: 'end',
  m: 'mute',
  f: 'full',
  t: 'captions',
  w: 'cinema',
  p: 'picture',
  c: 'comment',
  '/': 'find',
  '?': 'help',
  n: 'next-ask',
};

interface KeyLike {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  defaultPrevented?: boolean;
}

/** What has its own use for a key: fields take all, buttons and links the keys that press them. */
export type Focus = 'field' | 'control' | 'slider' | 'page';

/** The action, or null when the key belongs to the browser or to what has the focus. */
export function keyAction(event: KeyLike, focus: Focus): KeyAction | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || focus === 'field')
    return null;
  const action = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? null;
  if (focus === 'control' && event.key === ' ') return null;
  if (focus === 'slider' && (event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End'))
    return null;
  return action;
}

/** Tells what kind of thing has the focus. */
export function focusKind(element: Element | null): Focus {
  if (!element) return 'page';
  if (
    element.closest(
      'input:not([type=range],[type=checkbox],[type=radio],[type=button]),textarea,select,[contenteditable=true]',
    )
  )
    return 'field';
  if (element.closest('[role=slider],input,[role=tab],[role=menu],[data-scroll]')) return 'slider';
  if (element.closest('button,a,summary,[role=button]')) return 'control';
  return 'page';
}
