import { describe, expect, it } from 'vitest';
import { follow, scrollTo, START } from './follow';

describe('follow', () => {
  it('stops when the reader scrolls and comes back when they ask or seek', () => {
    const away = follow(START, { kind: 'moved-by-hand' });
    expect(away.following).toBe(false);
    expect(follow(away, { kind: 'resumed' }).following).toBe(true);
    expect(follow(away, { kind: 'sought' }).following).toBe(true);
  });
  it('comes back when the reader returns to the spoken place', () => {
    const away = follow(START, { kind: 'moved-by-hand' });
    expect(follow(away, { kind: 'scrolled', now: 10, spokenVisible: false }).following).toBe(false);
    expect(follow(away, { kind: 'scrolled', now: 10, spokenVisible: true }).following).toBe(true);
  });
  it('takes no notice of its own scrolling', () => {
    const own = follow(START, { kind: 'own-scroll', now: 1_000 });
    expect(follow(own, { kind: 'scrolled', now: 1_200, spokenVisible: false })).toEqual(own);
  });
});

describe('scrollTo', () => {
  const box = { top: 1_000, height: 600 };
  it('leaves what stands well', () => expect(scrollTo(box, { top: 1_300, height: 60 }, 80)).toBeNull());
  it('brings back what is out of view or too near an edge', () => {
    expect(scrollTo(box, { top: 1_570, height: 60 }, 80)).toBe(1_370);
    expect(scrollTo(box, { top: 100, height: 60 }, 80)).toBe(0);
  });
  it('does not fidget with an item larger than the box', () => {
    expect(scrollTo(box, { top: 1_020, height: 900 }, 80)).toBeNull();
  });
});
