import { describe, expect, it, vi } from 'vitest';
import type { CatchUpItem } from '../round/types';
import { nextOf } from './next.svelte';

vi.mock('$app/navigation', () => ({ goto: vi.fn() }));
const item = (update_id: string): CatchUpItem => ({ update_id }) as CatchUpItem;

describe('nextOf', () => {
  it('is the most pressing but this one', () => {
    expect(nextOf({ items: [item('a'), item('b')], later: [] }, 'a')?.update_id).toBe('b');
    expect(nextOf({ items: [item('b'), item('a')], later: [] }, 'a')?.update_id).toBe('b');
  });
  it('may be what did not fit into the time, or nothing', () => {
    expect(nextOf({ items: [item('a')], later: [item('c')] }, 'a')?.update_id).toBe('c');
    expect(nextOf({ items: [item('a')], later: [] }, 'a')).toBeNull();
  });
});
