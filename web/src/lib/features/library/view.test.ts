import { describe, expect, it } from 'vitest';
import { isPlain, PLAIN, readView, viewAddress } from './view';

describe('a view of the library', () => {
  it('is in the address, and comes out of it again', () => {
    const view = { ...PLAIN, media_kind: 'voice', author_id: 'ann' };
    const address = viewAddress('t1', view);
    expect(address).toBe('/t/t1?author_id=ann&media_kind=voice');
    expect(readView(new URLSearchParams(address.split('?')[1]))).toEqual(view);
    expect(isPlain(view)).toBe(false);
  });
  it('of everything is the team’s own address', () => {
    expect(viewAddress('t1', PLAIN)).toBe('/t/t1');
    expect(isPlain(readView(new URLSearchParams('other=1')))).toBe(true);
  });
});
