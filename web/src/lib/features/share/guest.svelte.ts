// What a guest of a share link sees: the update, its transcript and comments, looked at anew now and then, so that a link
// that has ended says so.

import { api } from '$lib/api/client';
import { ApiError } from '$lib/api/errors';
import type { Page } from '$lib/api/types';
import { Player } from '../player/player.svelte';
import type { Segment, TranscriptData } from '../transcript/types';
import { isInWork } from '../watch/state';
import type { Shared, SharedComment } from './types';

const LOOK_MS = 10_000;
/** Sooner while something is still being made. */
const LOOK_IN_WORK_MS = 3_000;

type State = 'loading' | 'locked' | 'ended' | 'failed' | 'open';

export class Guest {
  state = $state<State>('loading');
  update = $state.raw<Shared | null>(null);
  segments = $state.raw<Segment[]>([]);
  comments = $state.raw<SharedComment[]>([]);
  readonly player = new Player();
  private readonly path: string;
  private timer = 0;
  private closed = false;

  constructor(token: string) {
    this.path = `/shared/${encodeURIComponent(token)}`;
  }

  /** Looks, and goes on looking; gives what ends it. */
  open(): () => void {
    void this.look(false);
    return () => {
      this.closed = true;
      clearTimeout(this.timer);
    };
  }

  private get<T>(rest: string, query: Record<string, string | number | boolean | null> = {}): Promise<T> {
    return api.get<T>(`${this.path}${rest}`, { anonymous: true, query });
  }

  /** Reads everything; `again`: this page has been counted. */
  async look(again: boolean): Promise<void> {
    clearTimeout(this.timer);
    try {
      const update = await this.get<Shared>('', { again });
      const before = this.update;
      this.update = update;
      this.state = 'open';
      const told = before?.transcript.status === 'ready' && this.segments.length > 0;
      if (update.transcript.status === 'ready' && !told) await this.readTranscript();
      if (update.allow_comments) await this.readComments();
      else this.comments = [];
    } catch (error) {
      this.fail(error);
    }
    if (this.closed || this.state === 'locked' || this.state === 'ended') return;
    const inWork = this.update !== null && isInWork(this.update);
    this.timer = window.setTimeout(() => void this.look(true), inWork ? LOOK_IN_WORK_MS : LOOK_MS);
  }

  private fail(error: unknown): void {
    const status = error instanceof ApiError ? error.status : 0;
    if (status === 401 || status === 404) {
      this.player.pause();
      this.update = null;
      this.segments = [];
      this.comments = [];
      this.state = status === 401 ? 'locked' : 'ended';
    } else if (this.update === null) this.state = 'failed';
  }

  private async readTranscript(): Promise<void> {
    try {
      this.segments = (await this.get<TranscriptData>('/transcript')).segments;
    } catch (error) {
      // There may be none; what else is wrong shows at the next look.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  private async readComments(): Promise<void> {
    const all: SharedComment[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<SharedComment> = await this.get('/comments', { limit: 100, cursor });
      all.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor !== null);
    this.comments = all;
  }

  /** Lets in whoever knows the password; throws where it is wrong. */
  async unlock(password: string): Promise<void> {
    await api.post(`${this.path}/unlock`, { password }, { anonymous: true });
    await this.look(false);
  }

  /** Adds a guest's comment; throws where it is refused. */
  async comment(name: string, body: string, at_ms: number | null): Promise<void> {
    const made = await api.post<SharedComment>(
      `${this.path}/comments`,
      { name, body, at_ms },
      { anonymous: true },
    );
    if (!this.comments.some((known) => known.id === made.id)) this.comments = [...this.comments, made];
  }
}
