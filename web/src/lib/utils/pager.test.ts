import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '$lib/api/errors';
import { toasts } from '$lib/toasts.svelte';
import { atOnce } from './atOnce';
import { Pager } from './pager.svelte';

const row = (id: string) => ({ id });
const list = (...ids: string[]): Pager<{ id: string }> => {
  const pager = new Pager<{ id: string }>('/nowhere');
  pager.items = ids.map(row);
  return pager;
};
const ids = (pager: Pager<{ id: string }>): string => pager.items.map((item) => item.id).join('');

describe('taking an entry out of a list', () => {
  it('puts it back where it was, beside what came meanwhile', () => {
    const pager = list('a', 'b', 'c');
    const back = pager.take('b');
    expect(ids(pager)).toBe('ac');
    pager.items = [row('n'), ...pager.items];
    back();
    expect(ids(pager)).toBe('nabc');
  });

  it('puts nothing back twice', () => {
    const pager = list('a', 'b');
    const back = pager.take('b');
    pager.items = [row('a'), row('b')];
    back();
    expect(ids(pager)).toBe('ab');
    expect(ids(list())).toBe('');
    list('a').take('x')();
  });
});

describe('writing what is shown already', () => {
  it('takes it back with words when the server refuses', async () => {
    const pager = list('a', 'b');
    const say = vi.spyOn(toasts, 'say').mockImplementation(() => undefined);
    const refuse = () => Promise.reject(new ApiError(409, 'conflict', 'It is resolved already.'));
    expect(await atOnce(refuse, pager.take('a'))).toBe(false);
    expect(ids(pager)).toBe('ab');
    expect(say).toHaveBeenCalledExactlyOnceWith('It is resolved already.');
    expect(await atOnce(() => Promise.resolve(), pager.take('a'))).toBe(true);
    expect(ids(pager)).toBe('b');
  });
});
