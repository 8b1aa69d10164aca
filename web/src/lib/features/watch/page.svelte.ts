// The watch page's state: one update with its player, transcript and comments, kept fresh by its event stream.

import { api } from '$lib/api/client';
import { ApiError } from '$lib/api/errors';
import { follow, type ServerEvent } from '$lib/api/events';
import { everything } from '$lib/api/lists';
import type { Me, Team, TeamMember, Update } from '$lib/api/types';
import { t } from '$lib/messages';
import { Comments, type CommentFailure } from '../comments/comments.svelte';
import { Player } from '../player/player.svelte';
import { WatchReporter, type SeenBy } from '../player/report';
import { Replies } from '../replies/replies.svelte';
import { Transcript } from '../transcript/transcript.svelte';
import type { Segment } from '../transcript/types';
import { commentsApi, transcriptApi } from './api';
import { Notices } from './notices.svelte';
import { isInWork, sameTrim, startAt } from './state';

/** How often an update in work is looked at anew, should an event be lost. */
const LOOK_MS = 5_000;

export class WatchPage {
  update = $state.raw<Update | null>(null);
  /** Not there, or not for this viewer. */
  missing = $state(false);
  failed = $state(false);
  deleted = $state(false);
  team = $state.raw<Team | null>(null);
  people = $state.raw<TeamMember[]>([]);
  startMs = $state(0);
  etag: string | null = null;
  readonly id: string;
  readonly me: Me;
  readonly notices = new Notices();
  readonly player = new Player();
  readonly transcript: Transcript;
  readonly comments: Comments;
  readonly replies: Replies;
  readonly mine = $derived.by(() => this.update?.author.id === this.me.id);
  readonly admin = $derived(this.team?.role === 'admin');
  readonly reporter: WatchReporter;
  private readonly wantedMs: number | null;
  private loading: Promise<void> | null = null;
  private closed = false;
  private stop: () => void = () => undefined;

  constructor(id: string, me: Me, wantedMs: number | null) {
    this.id = id;
    this.me = me;
    this.wantedMs = wantedMs;
    this.transcript = new Transcript(transcriptApi(id, () => this.update?.title ?? ''));
    this.comments = new Comments(commentsApi(id), me, (what, error) => this.commentFailed(what, error));
    this.replies = new Replies(id);
    this.reporter = new WatchReporter(this.player.plays, async (report, leaving) => {
      await api.put(`/updates/${id}/watch`, report, { keepalive: leaving });
    });
  }

  get by(): SeenBy {
    return this.update?.kind === 'voice' ? 'listening' : 'watching';
  }

  /** Loads everything and follows; gives what ends it. */
  open(): () => void {
    void this.first();
    const timer = setInterval(() => {
      if (this.update && isInWork(this.update)) void this.refresh();
      if (this.update && this.replies.inWork) void this.replies.load(this.update.team_id);
    }, LOOK_MS);
    return () => {
      this.closed = true;
      this.stop();
      clearInterval(timer);
    };
  }

  private async first(): Promise<void> {
    await this.refresh();
    const update = this.update;
    if (!update) return;
    this.listen();
    void this.loadTranscript();
    void this.comments.load();
    if (!update.team_id) return;
    void this.replies.load(update.team_id);
    const [team, people] = await Promise.allSettled([
      api.get<Team>(`/teams/${update.team_id}`),
      everything<TeamMember>(`/teams/${update.team_id}/members`),
    ]);
    if (team.status === 'fulfilled') this.team = team.value;
    if (people.status === 'fulfilled') this.people = people.value;
  }

  /** Follows the update's events; anew after it was gone for a while. */
  listen(): void {
    if (this.closed) return;
    this.stop();
    this.stop = follow(`/updates/${this.id}/events`, {}, (event) => this.apply(event));
  }

  /** Follows nothing any more: what is deleted has no events. */
  hush(): void {
    this.stop();
  }

  private async loadTranscript(): Promise<void> {
    if (this.update === null || this.update.kind === 'text') return;
    const { status } = this.update.transcript;
    if (status === 'ready') await this.transcript.finish();
    else if (status === 'running') await this.transcript.load();
    else this.transcript.loading = false;
  }

  /** Reads the update again. */
  refresh(): Promise<void> {
    this.loading ??= this.read().finally(() => (this.loading = null));
    return this.loading;
  }

  private async read(): Promise<void> {
    try {
      const before = this.update?.transcript.status;
      this.take(await api.load<Update>(`/updates/${this.id}`));
      this.failed = false;
      const status = this.update?.transcript.status;
      if (before !== undefined && before !== 'ready' && status === 'ready') void this.transcript.finish();
    } catch (error) {
      if (error instanceof ApiError && (error.status === 404 || error.status === 400)) this.missing = true;
      else this.failed = this.update === null;
    }
  }

  /** Takes the update of an answer. */
  take(answer: { data: Update; etag: string | null }): void {
    if (this.update === null) this.startMs = startAt(answer.data, this.wantedMs);
    const before = this.update;
    this.update = answer.data;
    this.etag = answer.etag;
    this.missing = false;
    if (before && !sameTrim(before.trim, answer.data.trim)) this.cut();
  }

  /** Other parts are visible now: what is played and what is read come anew. */
  private cut(): void {
    if (this.player.isOpen) {
      this.player.describe(this.update ?? { duration_ms: null, trim: null, silence_map: [] });
      this.player.reload();
    }
    void this.transcript.load();
    void this.comments.load();
  }

  /** A text was read to its end. */
  readText(): void {
    if (this.update?.my_watch?.seen === true) return;
    void api
      .put(`/updates/${this.id}/watch`, { position_ms: 0, seen_ranges: [], by: 'reading' })
      .catch(() => undefined);
  }

  private apply(event: ServerEvent): void {
    const { type, data } = event;
    if (type === 'reset') {
      void this.refresh().then(() => this.loadTranscript());
      void this.comments.load();
    } else if (type === 'transcript.segment') {
      this.transcript.add(data['segment'] as Segment);
    } else if (type === 'transcript.ready') {
      void this.transcript.finish();
      void this.refresh();
    } else if (type.startsWith('comment.') || type === 'reaction.changed') {
      this.comments.apply(type, data);
    } else if (type === 'update.progress') {
      this.progress(data);
    } else if (type === 'update.playable') {
      const opened = this.player.isOpen;
      void this.refresh().then(() => (opened ? this.player.renew() : undefined));
    } else if (type === 'update.deleted') {
      if (!this.mine) this.missing = true;
    } else if (type.startsWith('update.')) {
      void this.refresh();
    }
  }

  private progress(data: Record<string, unknown>): void {
    const given = (data['progress'] ?? data) as { phase?: unknown; percent?: unknown };
    if (!this.update || typeof given.phase !== 'string') return;
    this.update = { ...this.update, progress: { phase: given.phase, percent: Number(given.percent ?? 0) } };
  }

  private commentFailed(what: CommentFailure, error: unknown): void {
    this.notices.say(`${t(`comments.failed.${what}`)} ${reason(error)}`.trim(), true);
  }
}

/** The server's own sentence, or that it could not be reached. */
export function reason(error: unknown): string {
  if (!(error instanceof ApiError)) return '';
  return error.status === 0 ? t('common.offline') : error.detail;
}
