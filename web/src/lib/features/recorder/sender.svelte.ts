// Sends one recording while it is made: pieces are kept in the archive until the server has acknowledged them. A broken
// network or server only delays it.

import { ApiError } from '$lib/api/errors';
import type { Archive, Recording } from './archive';
import { Backlog } from './backlog';
import { delayAfter, isFinal } from './retry';
import type { Uplink } from './tus';
import type { Chapter } from './types';

export type SendState = 'sending' | 'waiting' | 'done' | 'refused' | 'discarded';

/** One request carries about this much at most: so often a token is renewed and progress is seen. */
const REQUEST_BYTES = 2 * 1024 * 1024;
export interface Timer {
  /** Resolves after `ms`, or earlier when something happens that makes trying again worth while. */
  wait: (ms: number) => Promise<void>;
}

export class Sender {
  state = $state<SendState>('sending');
  /** Bytes recorded, and bytes that the server has. */
  total = $state(0);
  acknowledged = $state(0);
  updateId = $state<string | null>(null);
  /** The server's own sentence when it refused. */
  refusal = $state<string | null>(null);
  /** The archive takes no more: what is not sent lives in this tab only. */
  unkept = $state(false);
  readonly backlog = $derived(Math.max(0, this.total - this.acknowledged));
  readonly recording: Recording;
  private readonly archive: Archive;
  private readonly uplink: Uplink;
  private readonly timer: Timer;
  private readonly ondone: () => void;
  private readonly queue: Backlog;
  private uploadUrl: string | null;
  private uploadEndpoint: string | null = null;
  private ended = false;
  private complete = false;
  private failures = 0;
  /** It is not certain how far the server is. */
  private unsure: boolean;
  private running = false;

  constructor(recording: Recording, archive: Archive, uplink: Uplink, timer: Timer, ondone: () => void) {
    this.recording = recording;
    this.archive = archive;
    this.uplink = uplink;
    this.timer = timer;
    this.ondone = ondone;
    this.queue = new Backlog(recording.id, archive, () => (this.unkept = true));
    this.updateId = recording.updateId;
    this.uploadUrl = recording.uploadUrl;
    this.unsure = recording.uploadUrl !== null;
  }

  /** Takes up a recording that an earlier visit left, as far as it was kept. */
  async restore(): Promise<void> {
    const { start, end } = await this.queue.restore();
    this.total = end;
    this.acknowledged = start;
    this.finish();
  }

  /** Begins: the link exists as soon as the server answers. */
  start(): void {
    void this.save();
    void this.pump();
  }

  /** Takes a piece. `last`: no other comes after it, and `finish` follows at once. */
  add(blob: Blob, durationMs: number, last = false): void {
    if (blob.size === 0 || this.state === 'discarded') return;
    this.queue.add(this.total, blob);
    this.total += blob.size;
    this.recording.durationMs = durationMs;
    void this.save();
    if (!last) void this.pump();
  }

  /** No more pieces come. */
  finish(): void {
    this.ended = true;
    this.recording.ended = true;
    void this.pump();
    void this.save();
  }

  /** Title or chapters, told to the server when there is time. */
  describe(change: { title?: string; chapters?: Chapter[] }): void {
    Object.assign(this.recording, change, { dirty: true });
    void this.save();
    void this.pump();
  }

  /** Ends it and removes the draft. */
  async discard(): Promise<void> {
    this.state = 'discarded';
    await this.queue.settled();
    await this.archive.remove(this.recording.id);
    if (this.updateId !== null) await this.uplink.deleteUpdate(this.updateId).catch(() => undefined);
    this.ondone();
  }

  private async save(): Promise<void> {
    if (this.state === 'discarded' || this.state === 'done') return;
    try {
      await this.archive.save(this.recording);
    } catch {
      this.unkept = true;
    }
  }

  private get isOver(): boolean {
    return this.state !== 'sending' && this.state !== 'waiting';
  }

  private async pump(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (!this.isOver) {
      try {
        if (!(await this.step())) break;
        this.failures = 0;
        if (this.state === 'waiting') this.state = 'sending';
      } catch (error) {
        if (!(await this.recover(error))) break;
      }
    }
    this.running = false;
  }

  /** Does the next thing; false: nothing to do for now. */
  private async step(): Promise<boolean> {
    if (this.updateId === null || (this.uploadUrl === null && this.uploadEndpoint === null)) {
      if (this.ended && this.total === 0) return this.end();
      await this.createUpdate();
    } else if (this.uploadUrl === null) await this.createUpload();
    else if (this.unsure) await this.look(this.uploadUrl);
    else if (this.complete && !this.recording.dirty) return this.end();
    else if (!this.queue.isEmpty || (this.ended && !this.complete)) await this.append(this.uploadUrl);
    else if (this.recording.dirty) await this.tell(this.updateId);
    else return false;
    return true;
  }

  private async createUpdate(): Promise<void> {
    try {
      const made = await this.uplink.createUpdate(this.recording);
      this.uploadEndpoint = made.upload_url;
      this.updateId = this.recording.updateId = made.id;
    } catch (error) {
      const fine = (name: string): boolean => !(error instanceof ApiError) || error.field(name) === null;
      if (fine('round_id') && fine('reply_to_id')) throw error;
      // The round takes no answers (any more), or what it answers is gone: kept as a draft, which nobody else sees.
      this.recording.roundId = this.recording.replyTo = null;
      this.recording.publish = 'draft';
      this.recording.tries += 1;
    }
    await this.save();
    // It was thrown away while the server made it.
    if (this.isOver && this.updateId !== null) await this.uplink.deleteUpdate(this.updateId);
  }

  private async createUpload(): Promise<void> {
    try {
      const { url, was } = await this.uplink.createUpload(this.uploadEndpoint ?? '', this.recording);
      this.uploadUrl = url;
      this.unsure = was;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      // The update has an upload that has ended, so nothing can follow: another draft is made.
      const lost = this.updateId;
      this.recording.tries += 1;
      this.updateId = this.recording.updateId = null;
      if (lost !== null) await this.uplink.deleteUpdate(lost).catch(() => undefined);
      return;
    }
    this.recording.uploadUrl = this.uploadUrl;
    await this.save();
  }

  /** Asks how far the server is: after an error, and where an earlier visit stopped. */
  private async look(url: string): Promise<void> {
    const { offset, length } = await this.uplink.standing(url);
    // What a lost tab sent but could not keep any more.
    this.total = Math.max(this.total, offset);
    this.reach(offset);
    if (length !== null && offset === length) this.complete = true;
    this.unsure = false;
  }

  private async append(url: string): Promise<void> {
    const offset = this.acknowledged;
    const { bytes, end } = await this.queue.take(offset, REQUEST_BYTES);
    const last = this.ended && end === this.total;
    this.unsure = true;
    const reached = await this.uplink.append(url, offset, bytes, last ? end : null);
    this.unsure = false;
    this.reach(reached);
    if (last && reached === end) this.complete = true;
  }

  private reach(offset: number): void {
    this.acknowledged = Math.max(this.acknowledged, offset);
    this.queue.acknowledge(offset);
  }

  private async tell(updateId: string): Promise<void> {
    this.recording.dirty = false;
    try {
      await this.uplink.describe(updateId, this.recording);
    } catch (error) {
      // What the server does not take (a title that is too long, perhaps) must not stop the bytes.
      if (!isFinal(error)) {
        this.recording.dirty = true;
        throw error;
      }
    }
    await this.save();
  }

  /** Everything is there. */
  private async end(): Promise<false> {
    const replaced = this.recording.replaces;
    if (replaced !== null) await this.uplink.deleteUpdate(replaced).catch(() => undefined);
    this.state = 'done';
    // What cannot be removed is found complete by the next visit.
    await this.archive.remove(this.recording.id).catch(() => undefined);
    this.ondone();
    return false;
  }

  /** After an error: waits, or gives up; true: try again. */
  private async recover(error: unknown): Promise<boolean> {
    if (this.isOver) return false;
    if (isFinal(error)) {
      this.state = 'refused';
      this.refusal = error.detail;
      this.ondone();
      return false;
    }
    this.state = 'waiting';
    await this.timer.wait(delayAfter(error, this.failures));
    this.failures += 1;
    return !this.isOver;
  }
}
