import { describe, expect, it } from 'vitest';
import { Edits } from './edits.svelte';
import type { Change } from './replace';
import type { EditOutcome } from './transcript.svelte';

/** Texts that are changed where they say what is expected; the server trims. */
function texts(start: Record<string, string>) {
  const now = { ...start };
  const save = ({ id, from, to }: Change): Promise<EditOutcome> => {
    if (id === 'broken') return Promise.resolve('failed');
    if (now[id] !== from) return Promise.resolve('conflict');
    now[id] = to.trim();
    return Promise.resolve('saved');
  };
  return { now, edits: new Edits(save, (id) => now[id]) };
}

describe('Edits', () => {
  it('takes a step back as a whole', async () => {
    const { now, edits } = texts({ a: 'one', b: 'two' });
    const made = await edits.make([
      { id: 'a', from: 'one', to: 'uno ' },
      { id: 'b', from: 'two', to: 'due' },
    ]);
    expect(made).toEqual({ saved: 2, left: 0 });
    expect(now).toEqual({ a: 'uno', b: 'due' });
    expect(await edits.undo()).toEqual({ saved: 2, left: 0 });
    expect(now).toEqual({ a: 'one', b: 'two' });
    expect(edits.done).toEqual([]);
  });
  it('goes on after what others have changed, and does not undo what it did not do', async () => {
    const { now, edits } = texts({ a: 'theirs', b: 'two' });
    const made = await edits.make([
      { id: 'a', from: 'one', to: 'uno' },
      { id: 'b', from: 'two', to: 'due' },
    ]);
    expect(made).toEqual({ saved: 1, left: 1 });
    await edits.undo();
    expect(now).toEqual({ a: 'theirs', b: 'two' });
  });
  it('stops where the server does not answer', async () => {
    const { now, edits } = texts({ b: 'two' });
    const made = await edits.make([
      { id: 'broken', from: '', to: 'x' },
      { id: 'b', from: 'two', to: 'due' },
    ]);
    expect(made).toEqual({ saved: 0, left: 2 });
    expect(now).toEqual({ b: 'two' });
    expect(edits.done).toEqual([]);
  });
  it('has nothing to take back at first', async () => {
    expect(await texts({}).edits.undo()).toEqual({ saved: 0, left: 0 });
  });
});
