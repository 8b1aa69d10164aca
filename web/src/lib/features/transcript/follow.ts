// Following playback without fighting the reader: whoever scrolls has the list; it comes back by itself
// only when the reader returns to the spoken place, seeks, or asks for it.

export interface FollowState {
  /** The list keeps the spoken segment in view. */
  following: boolean;
  /** Until when scroll events are our own doing, on the same clock as `now`. */
  ownScrollUntil: number;
}

export const START: FollowState = { following: true, ownScrollUntil: 0 };

/** How long a smooth scroll of ours may go on raising events. */
const OWN_SCROLL_MS = 700;

export type FollowEvent =
  | { kind: 'scrolled'; now: number; spokenVisible: boolean }
  | { kind: 'moved-by-hand' }
  | { kind: 'own-scroll'; now: number }
  | { kind: 'sought' }
  | { kind: 'resumed' };

/** The next state. `moved-by-hand` is a wheel, a touch, a key that scrolls, or the scroll bar. */
export function follow(state: FollowState, event: FollowEvent): FollowState {
  switch (event.kind) {
    case 'own-scroll':
      return { ...state, ownScrollUntil: event.now + OWN_SCROLL_MS };
    case 'moved-by-hand':
      return { following: false, ownScrollUntil: 0 };
    case 'scrolled':
      if (event.now < state.ownScrollUntil) return state;
      return state.following || !event.spokenVisible ? state : { ...state, following: true };
    case 'sought':
    case 'resumed':
      return { ...state, following: true };
  }
}

/**
 * Where to scroll a box so that the item stands in its upper third, or null when it stands well already.
 * All in pixels of the box's content; `margin` is what counts as too near an edge.
 */
export function scrollTo(
  box: { top: number; height: number },
  item: { top: number; height: number },
  margin: number,
): number | null {
  const above = item.top - box.top;
  const below = box.top + box.height - (item.top + item.height);
  if (above >= margin && below >= margin) return null;
  if (item.height + 2 * margin > box.height && above >= 0 && above < box.height / 2) return null;
  return Math.max(0, item.top - box.height / 3);
}
