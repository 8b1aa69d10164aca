import { describe, expect, it } from 'vitest';
import { Chosen, listKey } from './chosen.svelte';

const order = ['a', 'b', 'c', 'd'];
const ids = (chosen: Chosen): string[] => [...chosen.ids].sort();

describe('Chosen', () => {
  it('takes and lets go', () => {
    const chosen = new Chosen();
    chosen.toggle('b');
    chosen.toggle('c');
    chosen.toggle('b');
    expect(ids(chosen)).toEqual(['c']);
  });
  it('reaches from the last one touched, in both directions', () => {
    const chosen = new Chosen();
    chosen.toggle('c');
    chosen.reach('a', order);
    expect(ids(chosen)).toEqual(['a', 'b', 'c']);
    chosen.reach('d', order);
    expect(ids(chosen)).toEqual(order);
  });
  it('without a beginning, or with one that is gone, takes the one', () => {
    const chosen = new Chosen();
    chosen.reach('b', order);
    expect(ids(chosen)).toEqual(['b']);
    chosen.reach('d', ['c', 'd']);
    expect(ids(chosen)).toEqual(['b', 'd']);
  });
  it('forgets what the list has no more', () => {
    const chosen = new Chosen();
    chosen.all(order);
    chosen.keepTo(['b', 'd', 'e']);
    expect(ids(chosen)).toEqual(['b', 'd']);
    chosen.clear();
    expect(ids(chosen)).toEqual([]);
  });
});

it('listKey leaves to the browser what is its own', () => {
  const press = (key: string, held: object = {}) =>
    listKey({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });
  expect(press('x')).toBe('toggle');
  expect(press('X', { shiftKey: true })).toBe('reach');
  expect(press('a', { ctrlKey: true })).toBe('all');
  expect(press('Delete')).toBe('remove');
  expect(press('x', { ctrlKey: true })).toBeNull();
  expect(press('a')).toBeNull();
  expect(press('x', { altKey: true })).toBeNull();
});
