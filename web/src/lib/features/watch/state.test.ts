import { describe, expect, it } from 'vitest';
import { isInWork, startAt } from './state';

const transcript = (status: 'pending' | 'ready' | 'no_speech') => ({
  status,
  language: null,
  word_count: 0,
});

describe('isInWork', () => {
  it('waits for media and text, not for what has failed', () => {
    expect(isInWork({ kind: 'video', status: 'processing', transcript: transcript('pending') })).toBe(true);
    expect(isInWork({ kind: 'video', status: 'ready', transcript: transcript('pending') })).toBe(true);
    expect(isInWork({ kind: 'video', status: 'ready', transcript: transcript('no_speech') })).toBe(false);
    expect(isInWork({ kind: 'video', status: 'failed', transcript: transcript('pending') })).toBe(false);
    expect(isInWork({ kind: 'text', status: 'ready', transcript: transcript('pending') })).toBe(false);
  });
});

describe('startAt', () => {
  const at = (position_ms: number) => ({
    my_watch: { position_ms, seen_ratio: 0, seen: false },
    duration_ms: 60_000,
    trim: null,
  });
  it('takes the link, then the place one stopped at', () => {
    expect(startAt(at(20_000), 5_000)).toBe(5_000);
    expect(startAt(at(20_000), null)).toBe(20_000);
    expect(startAt({ ...at(0), duration_ms: null }, null)).toBe(0);
  });
  it('starts anew after the end, and at a trim', () => {
    expect(startAt(at(59_000), null)).toBe(0);
    expect(startAt({ ...at(2_000), duration_ms: 4_600 }, null)).toBe(2_000);
    expect(startAt({ ...at(0), trim: { start_ms: 4_000, end_ms: 60_000 } }, null)).toBe(4_000);
  });
});
