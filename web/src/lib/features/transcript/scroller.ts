// The transcript scrolls in its own box where there is room, and with the page on a phone.

export interface Scroller {
  /** The part in view, in the viewport's pixels. */
  view: () => { top: number; height: number };
  by: (delta: number, smooth: boolean) => void;
  /** What scrolls: the box, or null for the page. */
  root: () => Element | null;
}

/** The box if it scrolls, else the page below what sticks to its top. */
export function scrollerOf(box: HTMLElement, stickyTop: () => number): Scroller {
  return {
    view: () => {
      if (scrollsItself(box)) {
        const rect = box.getBoundingClientRect();
        return { top: rect.top, height: rect.height };
      }
      const top = stickyTop();
      return { top, height: window.innerHeight - top };
    },
    root: () => (scrollsItself(box) ? box : null),
    by: (delta, smooth) => {
      const target = scrollsItself(box) ? box : window;
      target.scrollBy({ top: delta, behavior: smooth ? 'smooth' : 'instant' });
    },
  };
}

function scrollsItself(box: HTMLElement): boolean {
  const overflow = getComputedStyle(box).overflowY;
  return overflow === 'auto' || overflow === 'scroll';
}
