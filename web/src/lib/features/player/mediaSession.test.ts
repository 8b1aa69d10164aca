import { describe, expect, it, vi } from 'vitest';
import { handlers, placeIn } from './mediaSession';
import type { Player } from './player.svelte';

const line = { startMs: 10_000, endMs: 70_000, originMs: 0 };

describe('placeIn', () => {
  it('counts from the visible start', () => {
    expect(placeIn(line, 25_000, 1.5)).toEqual({ duration: 60, position: 15, playbackRate: 1.5 });
  });
  it('never lies outside, which the browser would refuse', () => {
    expect(placeIn(line, 0, 1)?.position).toBe(0);
    expect(placeIn(line, 99_000, 1)?.position).toBe(60);
    expect(placeIn({ ...line, endMs: 10_000 }, 0, 1)).toBeNull();
  });
});

describe('handlers', () => {
  const chapters = [
    { at_ms: 10_000, title: 'Done' },
    { at_ms: 40_000, title: 'Next' },
  ];
  function at(timeMs: number, next: (() => void) | null = null, marks = chapters) {
    const player = { timeMs, line, seek: vi.fn(), skip: vi.fn(), play: vi.fn(), pause: vi.fn() };
    const about = () => ({ title: 't', artist: 'a', poster: null, chapters: marks });
    return { player, keys: handlers(player as unknown as Player, about, next) };
  }
  const press = { action: 'nexttrack' } as const;

  it('goes from chapter to chapter', () => {
    const { player, keys } = at(20_000);
    keys.nexttrack?.(press);
    expect(player.seek).toHaveBeenLastCalledWith(40_000);
    keys.previoustrack?.({ action: 'previoustrack' });
    expect(player.seek).toHaveBeenLastCalledWith(10_000);
  });
  it('after the last chapter goes to the next update', () => {
    const next = vi.fn();
    at(50_000, next).keys.nexttrack?.(press);
    expect(next).toHaveBeenCalledOnce();
  });
  it('has no key for what there is not', () => {
    expect(at(0, null, []).keys.nexttrack).toBeUndefined();
  });
  it('seeks on the visible line, by the offset that the browser names', () => {
    const { player, keys } = at(20_000);
    keys.seekto?.({ action: 'seekto', seekTime: 5 });
    expect(player.seek).toHaveBeenLastCalledWith(15_000);
    keys.seekforward?.({ action: 'seekforward', seekOffset: 30 });
    expect(player.skip).toHaveBeenLastCalledWith(30_000);
    keys.seekbackward?.({ action: 'seekbackward' });
    expect(player.skip).toHaveBeenLastCalledWith(-10_000);
  });
});
