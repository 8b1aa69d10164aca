// One's inbox while the app is open: how much waits, and what the browser shows of it.
import { goto } from '$app/navigation';
import { api } from '$lib/api/client';
import { session } from '$lib/session.svelte';
import { follow, type ServerEvent } from '$lib/api/events';
import { shownByBrowser } from './browser';
import type { Entry, InboxPage } from './types';
import { href, sentence } from './words';

const CALM_MS = 300;
/** An inbox is short: it is asked for once more rather than missing what came while its page opened. */
const NEWS = new Set(['notification.created', 'reset', 'open']);

class Inbox {
  /** Unread threads of the workspace. */
  unread = $state(0);
  /** Counts what came, so that an open inbox loads again. */
  news = $state(0);
  private workspace: string | null = null;

  /** Follows a workspace until the returned function is called. */
  watch(workspace: string): () => void {
    this.workspace = workspace;
    void this.load();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = follow('/events', { workspace_id: workspace }, (event) => {
      if (!NEWS.has(event.type)) return;
      clearTimeout(timer);
      timer = setTimeout(() => void this.came(event), CALM_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }

  /** Asks how much waits. Without an answer what was known stays. */
  async load(): Promise<Entry | null> {
    try {
      const query = { workspace_id: this.workspace, unread: true, limit: 1 };
      const page = await api.get<InboxPage>('/notifications', { query });
      this.unread = page.unread;
      return page.items[0] ?? null;
    } catch {
      return null;
    }
  }

  private async came(event: ServerEvent): Promise<void> {
    this.news += 1;
    const newest = await this.load();
    if (newest === null || newest.id !== event.data.id || event.data.quiet === true) return;
    if (!shownByBrowser() || document.visibilityState === 'visible') return;
    const shown = new Notification(sentence(newest, session.zone, new Date()), {
      body: newest.excerpt ?? '',
      tag: newest.id,
    });
    shown.onclick = () => {
      window.focus();
      void goto(href(newest));
    };
  }
}

export const inbox = new Inbox();
