// The files of one page, two at a time.

import { api } from '$lib/api/client';
import { accessToken } from '$lib/api/session';
import type { Update } from '$lib/api/types';
import { begun } from './begun.svelte';
import { UploadItem, type UploadApi } from './item.svelte';
import { isTranscript, pairUp } from './meeting';

const AT_ONCE = 2;

export class UploadQueue {
  items = $state.raw<UploadItem[]>([]);
  /** What still wants bytes sent, and how much of it has been, in percent. */
  readonly going = $derived(this.items.filter((item) => item.state !== 'done' && item.state !== 'discarded'));
  readonly percent = $derived.by(() => {
    const total = this.going.reduce((sum, item) => sum + item.file.size, 0);
    return total === 0 ? 0 : (this.going.reduce((sum, item) => sum + item.sent, 0) / total) * 100;
  });
  readonly busy = $derived(this.items.some((item) => item.state === 'waiting' || item.active));
  private readonly api: UploadApi;
  /** Told when all are through. */
  onall: (done: UploadItem[]) => void = () => undefined;

  constructor(api: UploadApi) {
    this.api = api;
  }

  /** Adds files for a team; the first may belong to an update that waits for its file. Answers transcripts without a recording. */
  add(given: readonly File[], teamId: string, updateId: string | null = null): File[] {
    begun.any = true;
    const files = given.filter((file) => !isTranscript(file));
    const added = files.map(
      (file, index) =>
        new UploadItem(file, teamId, index === 0 ? updateId : null, this.api, () => this.settled()),
    );
    this.items = [...this.items, ...added];
    const alone = this.giveTexts(added, given.filter(isTranscript));
    this.next();
    return alone;
  }

  /** Transcripts go to recordings of now, else to those before that have none; answers what belongs to none. */
  private giveTexts(added: readonly UploadItem[], texts: readonly File[]): File[] {
    const without = (items: readonly UploadItem[]) => items.filter((item) => item.text.file === null);
    const items = added.length > 0 ? added : without(this.items);
    const named = items.map((item) => ({ name: item.file.name, item }));
    const { pairs, alone } = pairUp(named, texts);
    for (const [{ item }, text] of pairs) item.text.give(text);
    return alone;
  }

  /** Goes on with those that stopped because the session had ended. */
  signedIn(): void {
    for (const item of this.items) {
      if (item.state === 'failed' && item.failure?.code === 'signed_out') void item.start();
    }
  }

  /** Takes those from the list that are through. */
  clear(): void {
    this.items = this.items.filter((item) => item.state !== 'done');
  }

  private next(): void {
    const running = this.items.filter((item) => item.active).length;
    for (const item of this.items
      .filter((waiting) => waiting.state === 'waiting')
      .slice(0, Math.max(0, AT_ONCE - running)))
      void item.start();
  }

  private settled(): void {
    this.items = this.items.filter((item) => item.state !== 'discarded');
    this.next();
    const done = this.items.filter((item) => item.state === 'done');
    if (done.length > 0 && done.length === this.items.length) this.onall(done);
  }
}

/** The uploads of this visit: they go on while other pages are looked at, and over a new sign-in. */
export const uploads = new UploadQueue({
  createDraft: (to, draft) => api.post<Update>(`/teams/${to}/updates`, { ...draft, publish: 'draft' }),
  getUpdate: (id) => api.get<Update>(`/updates/${id}`),
  discard: (id) => api.delete(`/updates/${id}`),
  importTranscript: (id, file) => api.put(`/updates/${id}/transcript`, file),
  token: (force) => accessToken(fetch, force),
});
