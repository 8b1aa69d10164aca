import { afterEach, describe, expect, it, vi } from 'vitest';
import { takeRead, takeToken } from './ahead';

const UPDATE = '/api/v1/updates/1';

function given(read: Promise<Response | undefined>): void {
  globalThis.meridianAhead = { token: Promise.resolve(new Response('token')), reads: { [UPDATE]: read } };
}

afterEach(() => {
  vi.restoreAllMocks();
  delete globalThis.meridianAhead;
});

describe('what was asked for before the app was there', () => {
  it('is taken once', async () => {
    given(Promise.resolve(new Response('read')));
    expect(await (await takeRead(UPDATE))?.text()).toBe('read');
    expect(await takeRead(UPDATE)).toBeUndefined();
    expect(await (await takeToken())?.text()).toBe('token');
    expect(takeToken()).toBeUndefined();
  });

  it('is for its own address', async () => {
    given(Promise.resolve(new Response('read')));
    expect(await takeRead('/api/v1/updates/2')).toBeUndefined();
    expect(await takeRead(UPDATE)).toBeDefined();
  });

  it('is not taken when it has grown old', async () => {
    given(Promise.resolve(new Response('read')));
    vi.spyOn(performance, 'now').mockReturnValue(30_001);
    expect(await takeRead(UPDATE)).toBeUndefined();
  });

  it('is asked for anew where it did not get through', async () => {
    given(Promise.reject(new TypeError('offline')));
    expect(await takeRead(UPDATE)).toBeUndefined();
  });

  it('may not be there at all', async () => {
    expect(await takeRead(UPDATE)).toBeUndefined();
    expect(takeToken()).toBeUndefined();
  });
});
