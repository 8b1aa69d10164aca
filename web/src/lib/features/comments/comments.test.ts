import { describe, expect, it, vi } from 'vitest';
import { Comments, type CommentsApi } from './comments.svelte';
import { comment } from './fixtures';

const me = { id: 'me', display_name: 'Me' };

function setUp(more: Partial<CommentsApi> = {}) {
  const refuse = () => Promise.reject(new Error('refused'));
  const api: CommentsApi = {
    list: () => Promise.resolve([comment('a')]),
    create: refuse,
    edit: refuse,
    remove: refuse,
    resolve: refuse,
    reopen: refuse,
    acknowledge: refuse,
    talk: refuse,
    openTalk: refuse,
    closeTalk: refuse,
    accept: refuse,
    history: refuse,
    reactions: () => Promise.resolve([]),
    react: refuse,
    unreact: refuse,
    ...more,
  };
  const onfail = vi.fn();
  return { comments: new Comments(api, me, onfail), onfail };
}

describe('Comments', () => {
  it('shows a new comment at once, and the saved one in its place', async () => {
    let answer: (saved: ReturnType<typeof comment>) => void = () => undefined;
    const { comments } = setUp({ create: () => new Promise((resolve) => (answer = resolve)) });
    await comments.load();
    const posting = comments.post('u', { body: 'hi', at_ms: 5 }, null);
    expect(comments.items.map((item) => item.body)).toEqual(['a', 'hi']);
    // Another's words, and the same ones elsewhere, are not it.
    comments.apply('comment.created', { comment: comment('theirs', { body: 'hi', at_ms: 5 }) });
    comments.apply('comment.created', { comment: comment('later', { body: 'hi', at_ms: 6, author: me }) });
    expect(comments.items.map((item) => item.id)).toEqual(['a', 'pending-1', 'theirs', 'later']);
    const real = comment('real', { body: 'hi', at_ms: 5, author: me });
    comments.apply('comment.created', { comment: real });
    expect(comments.items.map((item) => item.id)).toEqual(['a', 'real', 'theirs', 'later']);
    answer(real);
    expect((await posting)?.id).toBe('real');
    expect(comments.items.map((item) => item.id)).toEqual(['a', 'real', 'theirs', 'later']);
  });

  it('takes it back and tells when the server refuses', async () => {
    const { comments, onfail } = setUp();
    await comments.load();
    expect(await comments.post('u', { body: 'hi' }, null)).toBeNull();
    expect(comments.items.map((item) => item.id)).toEqual(['a']);
    expect(onfail).toHaveBeenCalledWith('create', expect.any(Error));
  });

  it('puts back what could not be deleted, resolved or reacted to', async () => {
    const { comments, onfail } = setUp();
    await comments.load();
    const [first] = comments.items;
    if (!first) throw new Error('no comment');
    await comments.remove(first);
    await comments.setResolved(first, true);
    await comments.toggleReaction('👍', 1_000);
    expect(comments.items).toEqual([comment('a')]);
    expect(comments.reactions).toEqual([]);
    expect(onfail.mock.calls.map(([what]) => what as string)).toEqual(['remove', 'resolve', 'react']);
  });

  it('follows events of others', () => {
    const { comments } = setUp();
    comments.apply('comment.created', { ...comment('b'), type: 'comment.created' });
    comments.apply('comment.updated', { comment: comment('b', { body: 'changed' }) });
    expect(comments.items.map((item) => item.body)).toEqual(['changed']);
    comments.apply('comment.deleted', { comment_id: 'b' });
    expect(comments.items).toEqual([]);
  });

  it('adds to others’ reactions and takes back mine', async () => {
    const done = () => Promise.resolve();
    const there = [{ emoji: '👍', at_ms: 1_000, count: 2, mine: false }];
    const { comments } = setUp({ reactions: () => Promise.resolve(there), react: done, unreact: done });
    await comments.load();
    await comments.toggleReaction('👍', 1_000);
    expect(comments.reactions).toEqual([{ emoji: '👍', at_ms: 1_000, count: 3, mine: true }]);
    await comments.toggleReaction('👍', 1_000);
    expect(comments.reactions).toEqual(there);
  });
});
