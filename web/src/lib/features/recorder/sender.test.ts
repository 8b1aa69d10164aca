import { expect, it } from 'vitest';
import { ApiError } from '$lib/api/errors';
import type { Archive, Piece, Recording } from './archive';
import { recordingOf } from './plan';
import { Sender } from './sender.svelte';
import type { Uplink } from './tus';

class MemoryArchive implements Archive {
  recordings = new Map<string, Recording>();
  kept = new Map<number, Blob>();
  full = false;
  save = async (recording: Recording): Promise<void> =>
    void this.recordings.set(recording.id, { ...recording });
  list = async (): Promise<Recording[]> => [...this.recordings.values()];
  add = async (_id: string, at: number, bytes: Blob): Promise<void> => {
    if (this.full) throw new Error('full');
    this.kept.set(at, bytes);
  };
  pieces = async (): Promise<Piece[]> => [...this.kept].map(([at, blob]) => ({ at, size: blob.size }));
  read = async (_id: string, at: number): Promise<Blob | null> => this.kept.get(at) ?? null;
  drop = async (_id: string, at: number): Promise<void> => void this.kept.delete(at);
  remove = async (id: string): Promise<void> => {
    this.recordings.delete(id);
    this.kept.clear();
  };
}

/** A server in memory; `fail` says what goes wrong next, and how much of a body arrives all the same. */
class FakeServer implements Uplink {
  updates = 0;
  deleted: string[] = [];
  text = '';
  length: number | null = null;
  lengths: (number | null)[] = [];
  chapters = 0;
  fail: { error: ApiError; arrives?: number }[] = [];
  private broken(): void {
    const next = this.fail.shift();
    if (next) throw next.error;
  }
  createUpdate = async (): Promise<{ id: string; upload_url: string }> => {
    this.broken();
    this.updates += 1;
    return { id: `u${this.updates}`, upload_url: '/uploads' };
  };
  createUpload = async (): Promise<{ url: string; was: boolean }> => {
    this.broken();
    return { url: '/uploads/1', was: false };
  };
  standing = async (): Promise<{ offset: number; length: number | null }> => {
    this.broken();
    return { offset: this.text.length, length: this.length };
  };
  append = async (_url: string, offset: number, bytes: Blob, length: number | null): Promise<number> => {
    if (offset !== this.text.length) throw new ApiError(409, 'offset', '');
    const next = this.fail.shift();
    const text = await bytes.text();
    this.text += next ? text.slice(0, next.arrives ?? 0) : text;
    if (next) throw next.error;
    this.lengths.push(length);
    this.length = length ?? this.length;
    return this.text.length;
  };
  describe = async (_id: string, recording: Recording): Promise<void> => {
    this.broken();
    this.chapters = recording.chapters.length;
  };
  deleteUpdate = async (id: string): Promise<void> => void this.deleted.push(id);
}

const plan = { userId: 'me', teamId: 't', title: '', roundId: null, replaces: null, limitMs: null };
const offline = new ApiError(0, 'offline', '');

function world(): { server: FakeServer; archive: MemoryArchive; sender: Sender; over: Promise<void> } {
  const [server, archive] = [new FakeServer(), new MemoryArchive()];
  let done: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (done = resolve));
  const recording = recordingOf(plan, { mimeType: 'video/webm;codecs=vp8', kind: 'video' }, false);
  const sender = new Sender(recording, archive, server, { wait: () => Promise.resolve() }, () => done());
  return { server, archive, sender, over };
}

it('sends piece by piece, tells the length with the last and keeps nothing afterwards', async () => {
  const { server, archive, sender, over } = world();
  sender.start();
  sender.add(new Blob(['abc']), 1000);
  sender.add(new Blob(['de']), 2000);
  sender.add(new Blob(['f']), 2100, true);
  sender.finish();
  await over;
  expect(server.text).toBe('abcdef');
  expect(server.length).toBe(6);
  expect(server.lengths.filter((length) => length !== null)).toEqual([6]);
  expect(sender.state).toBe('done');
  expect(archive.recordings.size + archive.kept.size).toBe(0);
});

it('goes on after a broken network, from where the server really is', async () => {
  const { server, sender, over } = world();
  server.fail = [{ error: offline }, { error: offline }, { error: offline, arrives: 2 }, { error: offline }];
  sender.start();
  sender.add(new Blob(['abcd']), 1000);
  sender.add(new Blob(['efgh']), 2000);
  sender.finish();
  await over;
  expect(server.text).toBe('abcdefgh');
  expect(server.updates).toBe(1);
});

it('an answer that was lost after the last byte ends it all the same', async () => {
  const { server, sender, over } = world();
  sender.start();
  sender.add(new Blob(['abcd']), 1000, true);
  sender.finish();
  server.fail = [];
  const append = server.append;
  server.append = async (...given) => {
    await append(...given);
    server.append = append;
    throw offline;
  };
  await over;
  expect(sender.state).toBe('done');
  expect(server.text).toBe('abcd');
});

it('a later visit sends what was kept, also from the middle of a piece', async () => {
  const { server, archive, sender } = world();
  server.text = 'abcde';
  archive.kept.set(3, new Blob(['def']));
  archive.kept.set(6, new Blob(['ghi']));
  const recording = { ...sender.recording, updateId: 'u1', uploadUrl: '/uploads/1' };
  let done: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (done = resolve));
  const later = new Sender(recording, archive, server, { wait: () => Promise.resolve() }, () => done());
  await later.restore();
  await over;
  expect(server.text).toBe('abcdefghi');
  expect(server.length).toBe(9);
});

it('a later visit ends what the server has more of than the browser', async () => {
  const { server, archive, sender } = world();
  server.text = 'abcdefgh';
  archive.kept.set(3, new Blob(['def']));
  const recording = { ...sender.recording, updateId: 'u1', uploadUrl: '/uploads/1' };
  let done: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (done = resolve));
  const later = new Sender(recording, archive, server, { wait: () => Promise.resolve() }, () => done());
  await later.restore();
  await over;
  expect(server.length).toBe(8);
});

it('says so when the server refuses, and keeps the pieces', async () => {
  const { server, archive, sender, over } = world();
  server.fail = [{ error: new ApiError(413, 'quota_exceeded', 'No room.') }];
  sender.add(new Blob(['abc']), 1000);
  await over;
  expect([sender.state, sender.refusal]).toEqual(['refused', 'No room.']);
  expect(archive.kept.size).toBe(1);
});

it('an upload whose address was lost is found again', async () => {
  const { server, sender, over } = world();
  const create = server.createUpload;
  const asked: string[] = [];
  server.createUpload = async () => {
    asked.push('lost');
    server.createUpload = async () => {
      asked.push('found');
      return { ...(await create()), was: true };
    };
    throw offline;
  };
  const standing = server.standing;
  server.standing = () => {
    asked.push('standing');
    return standing();
  };
  sender.add(new Blob(['abc']), 1000);
  sender.finish();
  await over;
  expect([server.updates, server.deleted, server.text]).toEqual([1, [], 'abc']);
  expect(asked).toEqual(['lost', 'found', 'standing']);
});

it('an update whose upload has ended is made anew', async () => {
  const { server, sender, over } = world();
  const create = server.createUpload;
  server.createUpload = async () => {
    server.createUpload = create;
    throw new ApiError(409, 'conflict', '');
  };
  sender.add(new Blob(['abc']), 1000);
  sender.finish();
  await over;
  expect([server.updates, server.deleted, server.text]).toEqual([2, ['u1'], 'abc']);
});

it('warns when the browser keeps nothing more, and sends all the same', async () => {
  const { server, archive, sender, over } = world();
  archive.full = true;
  sender.add(new Blob(['abc']), 1000);
  sender.finish();
  await over;
  expect([sender.unkept, server.text]).toEqual([true, 'abc']);
});

it('what a round does not take becomes a draft, also when it was to be shared live', async () => {
  const { server, sender, over } = world();
  Object.assign(sender.recording, { roundId: 'r1', publish: 'now' });
  const refused = new ApiError(422, 'invalid', '', [{ field: 'round_id', code: 'unknown', detail: '' }]);
  server.fail = [{ error: refused }];
  sender.add(new Blob(['abc']), 1000);
  sender.finish();
  await over;
  expect([sender.recording.roundId, sender.recording.publish, server.text]).toEqual([null, 'draft', 'abc']);
});

it('chapters reach the server, and a discarded recording leaves nothing', async () => {
  const { server, archive, sender, over } = world();
  sender.describe({ chapters: [{ at_ms: 0, title: 'Yesterday' }] });
  sender.add(new Blob(['abc']), 1000);
  sender.finish();
  await over;
  expect(server.chapters).toBe(1);
  const other = world();
  other.sender.start();
  other.sender.add(new Blob(['abc']), 1000);
  await other.sender.discard();
  expect(other.archive.recordings.size + other.archive.kept.size).toBe(0);
  expect([archive.kept.size, other.sender.state]).toEqual([0, 'discarded']);
});
