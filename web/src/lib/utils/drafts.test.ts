import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { draftPlace, forgetDrafts } from './drafts';

const isText = (value: unknown): value is string => typeof value === 'string';

class Storage {
  [name: string]: unknown;
  getItem(key: string): string | null {
    return Object.hasOwn(this, key) ? String(this[key]) : null;
  }
  setItem(key: string, value: string): void {
    this[key] = value;
  }
  removeItem(key: string): void {
    delete this[key];
  }
}

describe('drafts', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('localStorage', new Storage());
  });
  afterEach(() => vi.useRealTimers());

  it('are kept for each person and place, until they are sent', () => {
    const place = draftPlace('ann', 'update-1', isText);
    place.keep('We should');
    expect(draftPlace('ann', 'update-1', isText).read()).toBe('We should');
    expect(draftPlace('ann', 'update-2', isText).read()).toBeNull();
    expect(draftPlace('ben', 'update-1', isText).read()).toBeNull();
    place.keep(null);
    expect(place.read()).toBeNull();
    expect(Object.keys(localStorage)).toEqual([]);
  });

  it('are gone with all others when one signs out; what else is kept stays', () => {
    localStorage.setItem('meridian.player', '{}');
    draftPlace('ann', 'u', isText).keep('a');
    draftPlace('ben', 'u', isText).keep('b');
    forgetDrafts();
    expect(Object.keys(localStorage)).toEqual(['meridian.player']);
  });

  it('do not grow without end: the oldest go', () => {
    for (let at = 0; at < 60; at += 1) {
      vi.setSystemTime(1_000 + at);
      draftPlace('ann', `u${at}`, isText).keep(String(at));
    }
    expect(draftPlace('ann', 'u9', isText).read()).toBeNull();
    expect(draftPlace('ann', 'u10', isText).read()).toBe('10');
  });

  it('survive whatever was stored', () => {
    localStorage.setItem('meridian.drafts.ann', '[3');
    expect(draftPlace('ann', 'u', isText).read()).toBeNull();
    localStorage.setItem('meridian.drafts.ann', '{"u":{"at":1,"value":7},"v":null}');
    expect(draftPlace('ann', 'u', isText).read()).toBeNull();
    expect(draftPlace('ann', 'v', isText).read()).toBeNull();
  });
});
