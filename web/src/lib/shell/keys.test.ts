import { describe, expect, it } from 'vitest';
import { reader } from './keys';

describe('reader', () => {
  it('reads single keys', () => {
    const read = reader();
    expect(read({ key: '/', busy: false, at: 0 })).toBe('search');
    expect(read({ key: '?', busy: false, at: 1 })).toBe('help');
    expect(read({ key: 'x', busy: false, at: 2 })).toBeNull();
  });
  it('reads g and a second key, but not after a pause', () => {
    const read = reader();
    expect(read({ key: 'g', busy: false, at: 0 })).toBeNull();
    expect(read({ key: 'h', busy: false, at: 400 })).toBe('home');
    read({ key: 'g', busy: false, at: 1000 });
    expect(read({ key: 'h', busy: false, at: 3000 })).toBeNull();
  });
  it('leaves typing alone', () => {
    const read = reader();
    expect(read({ key: '/', busy: true, at: 0 })).toBeNull();
    read({ key: 'g', busy: false, at: 0 });
    read({ key: 'a', busy: true, at: 10 });
    expect(read({ key: 'h', busy: false, at: 20 })).toBeNull();
  });
});
