// What the author (or a team admin) does with an update, each with its answer in words.

import { api } from '$lib/api/client';
import type { Update } from '$lib/api/types';
import { t, type MessageKey } from '$lib/messages';
import type { Trim } from '../publish/trim';
import type { Change } from '../transcript/replace';
import type { ExportFormat } from '../transcript/types';
import { reason, type WatchPage } from './page.svelte';
import { linkTo } from './link';

type Fields = Partial<Pick<Update, 'title' | 'links' | 'trim' | 'chapters'>>;

export class Actions {
  private readonly page: WatchPage;

  constructor(page: WatchPage) {
    this.page = page;
  }

  private get path(): string {
    return `/updates/${this.page.id}`;
  }

  /** Runs it; what goes wrong is said. */
  private async attempt(failed: MessageKey, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.page.notices.say(`${t(failed)} ${reason(error)}`.trim(), true);
      return false;
    }
  }

  /** Edits fields of the update; the last write wins. */
  change(change: Fields): Promise<boolean> {
    return this.attempt('publish.saveFailed', async () =>
      this.page.take(await api.patch<Update>(this.path, change)),
    );
  }

  trim(trim: Trim | null): Promise<boolean> {
    return this.change({ trim });
  }

  /** Takes back the time at which it was to be published. */
  async unschedule(): Promise<void> {
    await this.attempt('publish.failed', async () => {
      await api.post(`${this.path}/unschedule`);
      await this.page.refresh();
      this.page.notices.say(t('publish.unscheduled'));
    });
  }

  async publish(at: Date | null): Promise<void> {
    await this.attempt('publish.failed', async () => {
      await api.post(`${this.path}/publish`, at === null ? {} : { publish_at: at.toISOString() });
      await this.page.refresh();
      this.page.notices.say(t(at === null ? 'publish.done' : 'publish.scheduledDone'));
    });
  }

  async remove(): Promise<void> {
    await this.attempt('publish.deleteFailed', async () => {
      this.page.player.pause();
      this.page.hush();
      try {
        await api.delete(this.path);
        this.page.deleted = true;
      } catch (error) {
        this.page.listen();
        throw error;
      }
    });
  }

  async restore(): Promise<void> {
    await this.attempt('publish.restoreFailed', async () => {
      await api.post(`${this.path}/restore`);
      this.page.deleted = false;
      await this.page.refresh();
      this.page.listen();
    });
  }

  async retry(): Promise<void> {
    await this.attempt('stage.retryFailed', async () => {
      await api.post(`${this.path}/retry`);
      await this.page.refresh();
    });
  }

  async regenerate(): Promise<void> {
    await this.attempt('transcript.regenerateFailed', async () => {
      await this.page.transcript.regenerate(null);
      this.page.notices.say(t('transcript.regenerating'));
      await this.page.refresh();
    });
  }

  async download(format: ExportFormat): Promise<void> {
    await this.attempt('transcript.downloadFailed', () => this.page.transcript.download(format));
  }

  /** Saves a segment that said `from` in the revision `basis`. */
  async editSegment(id: string, text: string, from: string, basis: string | null): Promise<boolean> {
    const outcome = await this.page.transcript.correct(id, text, from, basis);
    if (outcome !== 'saved')
      this.page.notices.say(
        t(outcome === 'conflict' ? 'transcript.conflict' : 'transcript.saveFailed'),
        true,
      );
    return outcome === 'saved';
  }

  /** Corrects several segments as one step; says how many. */
  async replace(changes: readonly Change[]): Promise<void> {
    const { saved, left } = await this.page.transcript.edits.make(changes);
    if (left > 0) this.page.notices.say(t('transcript.replacedSome', { saved, left }), true);
    else this.page.notices.say(t('transcript.replaced', { saved }));
  }

  /** Takes the last correction back. */
  async undoEdit(): Promise<void> {
    const { left } = await this.page.transcript.edits.undo();
    if (left > 0) this.page.notices.say(t('transcript.undoLeft', { left }), true);
    else this.page.notices.say(t('transcript.undone'));
  }

  /** Puts words and when they are said on the clipboard. */
  async copyWords(text: string): Promise<void> {
    await this.attempt('transcript.copyFailed', async () => {
      await navigator.clipboard.writeText(text);
      this.page.notices.say(t('common.copied'));
    });
  }

  /** Keeps a suggestion as a comment, or puts it away. */
  async settle(id: string, keep: boolean): Promise<void> {
    await this.attempt('suggest.failed', () => this.page.transcript.settle(id, keep));
  }

  /** Puts a link to a moment on the clipboard. */
  async copyLink(atMs: number | null, commentId: string | null = null): Promise<void> {
    const link = linkTo(this.page.id, atMs, commentId);
    await this.attempt('watch.copyFailed', async () => {
      await navigator.clipboard.writeText(link);
      this.page.notices.say(t('watch.copied'));
    });
  }
}
