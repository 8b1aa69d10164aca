// Searching as one types: the newest question wins, older answers are dropped.
import { api } from '$lib/api/client';
import type { Correction, Found, SearchAnswer } from '$lib/api/types';
import { isEmpty, type Query } from './query';

const PAUSE_MS = 220;

export class Search {
  items = $state.raw<Found[]>([]);
  corrected = $state.raw<Correction[]>([]);
  tookMs = $state<number | null>(null);
  cursor = $state<string | null>(null);
  busy = $state(false);
  /** An answer for what stands in the box has come. */
  answered = $state(false);
  error = $state.raw<unknown>(null);
  private abort: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last: { workspaceId: string; query: Query } | null = null;

  /** Asks after a short pause in typing; what a page is opened with, at once. */
  ask(workspaceId: string, query: Query): void {
    clearTimeout(this.timer);
    this.abort?.abort();
    const pause_ms = this.last === null ? 0 : PAUSE_MS;
    this.last = { workspaceId, query };
    if (isEmpty(query)) {
      this.items = [];
      this.corrected = [];
      this.cursor = null;
      this.busy = false;
      this.answered = false;
      this.error = null;
      return;
    }
    this.busy = true;
    this.timer = setTimeout(() => void this.run(null), pause_ms);
  }

  /** The next page. */
  async more(): Promise<void> {
    if (this.cursor !== null && !this.busy) await this.run(this.cursor);
  }

  /** Asks again, after an error. */
  retry(): void {
    void this.run(null);
  }

  private async run(cursor: string | null): Promise<void> {
    if (!this.last) return;
    const { workspaceId, query } = this.last;
    const abort = new AbortController();
    this.abort = abort;
    this.busy = true;
    try {
      const answer = await api.get<SearchAnswer>('/search', {
        query: { ...query, workspace_id: workspaceId, limit: 20, cursor },
        signal: abort.signal,
      });
      if (abort.signal.aborted) return;
      this.items = cursor === null ? answer.items : [...this.items, ...answer.items];
      this.cursor = answer.next_cursor;
      this.corrected = answer.corrected ?? [];
      this.tookMs = answer.took_ms;
      this.error = null;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.error = error;
    }
    this.busy = false;
    this.answered = true;
  }
}
