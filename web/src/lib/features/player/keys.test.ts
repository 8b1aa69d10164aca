import { describe, expect, it } from 'vitest';
import { keyAction } from './keys';

const press = (key: string, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });

describe('keyAction', () => {
  it('knows the keys, whatever the case', () => {
    expect(keyAction(press(' '), 'page')).toBe('toggle');
    expect(keyAction(press('J'), 'page')).toBe('back');
    expect(keyAction(press('?'), 'page')).toBe('help');
    expect(keyAction(press('x'), 'page')).toBeNull();
  });
  it('leaves the browser its own', () => expect(keyAction(press('f', { ctrlKey: true }), 'page')).toBeNull());
  it('leaves fields, pressed buttons and sliders theirs', () => {
    expect(keyAction(press('c'), 'field')).toBeNull();
    expect(keyAction(press(' '), 'control')).toBeNull();
    expect(keyAction(press('k'), 'control')).toBe('toggle');
    expect(keyAction(press('ArrowLeft'), 'slider')).toBeNull();
    expect(keyAction(press('m'), 'slider')).toBe('mute');
  });
});
