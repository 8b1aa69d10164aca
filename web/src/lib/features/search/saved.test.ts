import { beforeEach, expect, it, vi } from 'vitest';
import { readQuery } from './query';
import { filtersIn, SavedSearches } from './saved.svelte';

const query = (text: string) => readQuery(new URLSearchParams(text));

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
});

it('keeps a search with its filters, newest first, for its workspace', () => {
  const saved = new SavedSearches();
  saved.load('a');
  saved.toggle(query('q=retry'));
  saved.toggle(query('q=limit&team_id=7'));
  const again = new SavedSearches();
  again.load('a');
  expect(again.list.map((one) => one.q)).toEqual(['limit', 'retry']);
  expect(filtersIn(again.list[0]!)).toBe(1);
  expect(again.has(query('team_id=7&q=limit'))).toBe(true);
  again.load('b');
  expect(again.list).toEqual([]);
});

it('forgets one that is kept', () => {
  const saved = new SavedSearches();
  saved.load('a');
  saved.toggle(query('q=retry'));
  saved.toggle(query('q=retry'));
  expect(saved.list).toEqual([]);
});
