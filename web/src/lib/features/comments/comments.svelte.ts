// The comments and reactions of one update: shown at once, put back when the server refuses, live by events.

import type { Reaction } from '../player/moments';
import { isSame, meanwhile, remove, settle, upsert } from './optimistic';
import { nowIso } from './now';
import { isMine, toggled } from './reactions';
import { filterCounts, filterThreads, isOpenAsk, kindCounts, toThreads, type Filter } from './threads';
import type { Comment, CommentKind, CommentVersion, NewComment, Person, Talk } from './types';

export interface CommentsApi {
  list: () => Promise<Comment[]>;
  create: (comment: NewComment) => Promise<Comment>;
  edit: (id: string, change: { body: string; mentions: string[] }) => Promise<Comment>;
  remove: (id: string) => Promise<void>;
  resolve: (id: string) => Promise<Comment>;
  reopen: (id: string) => Promise<Comment>;
  acknowledge: (id: string) => Promise<Comment>;
  accept: (questionId: string, replyId: string | null) => Promise<Comment>;
  talk: (id: string) => Promise<Talk>;
  openTalk: (id: string) => Promise<Talk>;
  closeTalk: (id: string, outcome: string) => Promise<Comment>;
  history: (id: string) => Promise<CommentVersion[]>;
  reactions: () => Promise<Reaction[]>;
  react: (emoji: string, atMs: number | null) => Promise<void>;
  unreact: (emoji: string, atMs: number | null) => Promise<void>;
}

/** What could not be done; the page says it in words. */
export type CommentFailure = 'load' | 'create' | 'edit' | 'remove' | 'resolve' | 'accept' | 'talk' | 'react';

const PENDING = 'pending-';

export class Comments {
  items = $state.raw<Comment[]>([]);
  reactions = $state.raw<Reaction[]>([]);
  filter = $state<Filter>('all');
  /** Only of this kind; null: of all. */
  kind = $state<CommentKind | null>(null);
  loaded = $state(false);
  /** The comment that a link or a mark led to. */
  here = $state<string | null>(null);
  readonly threads = $derived(toThreads(this.items));
  private readonly api: CommentsApi;
  private readonly me: Person;
  private readonly onfail: (what: CommentFailure, error: unknown) => void;
  private pending = 0;

  constructor(api: CommentsApi, me: Person, onfail: (what: CommentFailure, error: unknown) => void) {
    this.api = api;
    this.me = me;
    this.onfail = onfail;
  }

  get shown(): ReturnType<typeof toThreads> {
    return filterThreads(this.threads, this.filter, this.me.id, this.kind);
  }

  get counts(): Record<Filter, number> {
    return filterCounts(this.threads, this.me.id);
  }

  get kinds(): ReturnType<typeof kindCounts> {
    return kindCounts(this.threads, this.filter, this.me.id);
  }

  isMine(comment: Comment): boolean {
    return comment.author.id === this.me.id;
  }

  /** Asks the viewer, openly, and waits for a "got it". */
  asksMe(comment: Comment): boolean {
    return isOpenAsk(comment) && comment.assignee?.id === this.me.id && comment.acknowledged_at === null;
  }

  isPending(comment: Comment): boolean {
    return comment.id.startsWith(PENDING);
  }

  async load(): Promise<void> {
    try {
      const [items, reactions] = await Promise.all([this.api.list(), this.api.reactions()]);
      this.items = items;
      this.reactions = reactions;
    } catch (error) {
      this.onfail('load', error);
    } finally {
      this.loaded = true;
    }
  }

  /** Posts a comment; null when the server refused and the text must stay with its writer. */
  async post(updateId: string, comment: NewComment, assignee: Person | null): Promise<Comment | null> {
    this.pending += 1;
    const id = PENDING + String(this.pending);
    this.items = [...this.items, meanwhile(id, updateId, comment, this.me, assignee)];
    try {
      const saved = await this.api.create(comment);
      this.items = settle(this.items, id, saved);
      return saved;
    } catch (error) {
      this.items = remove(this.items, id);
      this.onfail('create', error);
      return null;
    }
  }

  /** Runs a change that is shown at once and put back when it fails. */
  private async change(shown: Comment, what: CommentFailure, run: () => Promise<Comment>): Promise<boolean> {
    const before = this.items.find((item) => item.id === shown.id);
    this.items = upsert(this.items, shown);
    try {
      this.items = upsert(this.items, await run());
      return true;
    } catch (error) {
      if (before) this.items = upsert(this.items, before);
      this.onfail(what, error);
      return false;
    }
  }

  edit(comment: Comment, body: string, mentions: string[]): Promise<boolean> {
    const shown = { ...comment, body, body_html: '', mentions, edited_at: nowIso() };
    return this.change(shown, 'edit', () => this.api.edit(comment.id, { body, mentions }));
  }

  setResolved(comment: Comment, resolved: boolean): Promise<boolean> {
    const shown = { ...comment, resolved_at: resolved ? nowIso() : null };
    return this.change(shown, 'resolve', () =>
      resolved ? this.api.resolve(comment.id) : this.api.reopen(comment.id),
    );
  }

  /** Takes a reply as the question's answer, which settles the question; null takes it back. */
  accept(question: Comment, replyId: string | null): Promise<boolean> {
    const shown = { ...question, answer_id: replyId, resolved_at: replyId === null ? null : nowIso() };
    return this.change(shown, 'accept', () => this.api.accept(question.id, replyId));
  }

  acknowledge(comment: Comment): Promise<boolean> {
    const shown = { ...comment, acknowledged_at: nowIso() };
    return this.change(shown, 'resolve', () => this.api.acknowledge(comment.id));
  }

  /** When the people of a thread can talk live; null when it cannot be read. */
  async talk(comment: Comment, open: boolean): Promise<Talk | null> {
    try {
      const talk = await (open ? this.api.openTalk(comment.id) : this.api.talk(comment.id));
      if (open) this.items = upsert(this.items, { ...comment, talk_opened_at: talk.opened_at });
      return talk;
    } catch (error) {
      this.onfail('talk', error);
      return null;
    }
  }

  /** Ends a talk with what came of it. */
  async closeTalk(comment: Comment, outcome: string): Promise<boolean> {
    try {
      const decision = await this.api.closeTalk(comment.id, outcome);
      this.items = upsert(upsert(this.items, { ...comment, talk_opened_at: null }), decision);
      return true;
    } catch (error) {
      this.onfail('talk', error);
      return false;
    }
  }

  history(comment: Comment): Promise<CommentVersion[]> {
    return this.api.history(comment.id);
  }

  async remove(comment: Comment): Promise<void> {
    const before = this.items;
    this.items = remove(before, comment.id);
    try {
      await this.api.remove(comment.id);
    } catch (error) {
      this.items = before;
      this.onfail('remove', error);
    }
  }

  /** Adds my reaction at a moment, or takes it back. */
  async toggleReaction(emoji: string, atMs: number | null): Promise<void> {
    const before = this.reactions;
    const mine = isMine(before, emoji, atMs);
    this.reactions = toggled(before, emoji, atMs);
    try {
      await (mine ? this.api.unreact(emoji, atMs) : this.api.react(emoji, atMs));
    } catch (error) {
      this.reactions = before;
      this.onfail('react', error);
    }
  }

  /** An event from the update's stream. */
  apply(type: string, data: Record<string, unknown>): void {
    if (type === 'reaction.changed') {
      void this.api
        .reactions()
        .then((reactions) => (this.reactions = reactions))
        .catch(() => undefined);
      return;
    }
    const comment = readComment(data);
    if (type === 'comment.deleted') {
      const id = comment?.id ?? data['comment_id'] ?? data['id'];
      if (typeof id === 'string') this.items = remove(this.items, id);
    } else if (comment) {
      // The stream may be faster than the answer: nobody's words stand there twice.
      const mine = this.items.find((item) => this.isPending(item) && isSame(item, comment));
      this.items = mine ? settle(this.items, mine.id, comment) : upsert(this.items, comment);
    }
  }
}

/** The comment that an event carries, under its name or as the data itself. */
function readComment(data: Record<string, unknown>): Comment | null {
  const value = data['comment'] ?? data;
  if (typeof value !== 'object' || value === null) return null;
  return 'id' in value && 'body' in value && 'author' in value ? (value as Comment) : null;
}
