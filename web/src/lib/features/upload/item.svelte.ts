// One file on its way: a draft is made for it, its bytes go up by tus, it can be paused, resumed and tried again.

import type { Update } from '$lib/api/types';
import { DetailedError, Upload, type HttpRequest, type HttpResponse } from 'tus-js-client';
import { failureOf, type Failure } from './failure';
import { guessKind, titleFrom } from './kinds';
import { RateMeter, secondsLeft } from './rate';
import { MeetingText } from './text.svelte';
import { absolute, findPrevious, fingerprintOf } from './unfinished';

export type Draft = Pick<Update, 'id' | 'upload_url'>;

export interface UploadApi {
  createDraft: (teamId: string, draft: { title: string; kind: 'video' | 'voice' }) => Promise<Draft>;
  getUpdate: (id: string) => Promise<Draft & { status: string }>;
  discard: (id: string) => Promise<void>;
  importTranscript: (id: string, file: File) => Promise<unknown>;
  /** A token that holds for the next request; renewed when it is about to end. */
  token: (force: boolean) => Promise<string | null>;
}

export type ItemState = 'waiting' | 'starting' | 'sending' | 'paused' | 'failed' | 'done' | 'discarded';

/** One PATCH carries this much at most: so often the token is renewed, and no proxy sees an endless body. */
const CHUNK_BYTES = 32 * 1024 * 1024;
const RETRY_DELAYS = [0, 1_000, 3_000, 5_000, 10_000, 20_000];

/**
 * What tus may read in the answer to a HEAD: how far the upload is, or that it is no more. Any other answer it would
 * take for the latter too, and begin another upload.
 */
const READS_ON = [200, 204, 404, 410, 423];

let numbers = 0;

export class UploadItem {
  readonly number = (numbers += 1);
  readonly file: File;
  readonly teamId: string;
  /** The meeting's own transcript, where it came with the recording. */
  readonly text: MeetingText;
  state = $state<ItemState>('waiting');
  sent = $state(0);
  rate = $state<number | null>(null);
  failure = $state.raw<Failure | null>(null);
  updateId = $state<string | null>(null);
  /** Went on where an earlier visit had stopped. */
  resumed = $state(false);
  readonly percent = $derived.by(() => (this.file.size === 0 ? 0 : (this.sent / this.file.size) * 100));
  readonly left = $derived.by(() => secondsLeft(this.sent, this.file.size, this.rate));
  private readonly api: UploadApi;
  private readonly onsettled: () => void;
  private readonly meter = new RateMeter();
  private upload: Upload | null = null;
  private preparing: Promise<Upload> | null = null;
  /** Counts pauses: a request that was still being prepared when one came is not sent any more. */
  private pauses = 0;
  /** Times that the server was asked to begin this upload: the answer to one may have been lost. */
  private creations = 0;
  /** The server did not take the last token: the next one is asked for anew. */
  private refused = false;

  constructor(file: File, teamId: string, updateId: string | null, api: UploadApi, onsettled: () => void) {
    this.file = file;
    this.teamId = teamId;
    this.updateId = updateId;
    this.api = api;
    this.text = new MeetingText((id, text) => api.importTranscript(id, text));
    this.onsettled = onsettled;
  }

  get active(): boolean {
    return this.state === 'starting' || this.state === 'sending';
  }

  /** Begins, or goes on. */
  async start(): Promise<void> {
    this.failure = null;
    this.meter.reset();
    this.state = 'starting';
    if (this.file.size === 0) return this.fail({ code: 'unsupported', detail: null, retryable: false });
    try {
      this.upload = await (this.preparing ??= this.prepare());
    } catch (error) {
      this.preparing = null;
      return this.fail(failureFrom(error));
    }
    if (this.state !== 'starting') return;
    this.state = 'sending';
    this.upload.start();
  }

  private async prepare(): Promise<Upload> {
    const previous = this.updateId === null ? await findPrevious(this.file, this.teamId) : null;
    const known = previous?.metadata['update_id'] ?? this.updateId;
    const draft = (known === null ? null : await this.known(known)) ?? (await this.create());
    this.updateId = draft.id;
    this.text.belongsTo(draft.id);
    const upload = new Upload(this.file, {
      endpoint: absolute(draft.upload_url ?? '/api/v1/uploads'),
      chunkSize: CHUNK_BYTES,
      retryDelays: RETRY_DELAYS,
      metadata: { filename: this.file.name, filetype: this.file.type, update_id: draft.id },
      fingerprint: () => Promise.resolve(fingerprintOf(this.file, this.teamId)),
      removeFingerprintOnSuccess: true,
      onBeforeRequest: async (request) => {
        const pauses = this.pauses;
        const token = await this.api.token(this.refused);
        if (pauses !== this.pauses) throw new Paused();
        this.refused = false;
        if (token === null) throw new SignedOut();
        request.setHeader('Authorization', `Bearer ${token}`);
        if (request.getMethod() === 'POST') this.creations += 1;
      },
      onAfterResponse: (request, response) => {
        const status = response.getStatus();
        if (status === 401) this.refused = true;
        this.adoptLost(upload, request, response);
        if (request.getMethod() === 'HEAD' && !READS_ON.includes(status))
          throw new Refused(status, response.getBody());
      },
      onShouldRetry: (error) =>
        !isSignedOut(error) && !(cause(error) instanceof Paused) && failureFrom(error).retryable,
      onProgress: (sent) => {
        this.sent = sent;
        this.meter.add(performance.now(), sent);
        this.rate = this.meter.bytesPerSecond();
      },
      onSuccess: () => {
        this.sent = this.file.size;
        this.state = 'done';
        this.onsettled();
      },
      onError: (error) => {
        if (cause(error) instanceof Paused) return;
        this.fail(failureFrom(error));
      },
    });
    if (previous && previous.metadata['update_id'] === draft.id) {
      upload.resumeFromPreviousUpload(previous);
      this.resumed = true;
    }
    return upload;
  }

  /** The server began the upload, but its answer was lost: what refuses another one says where the first is. */
  private adoptLost(upload: Upload, request: HttpRequest, response: HttpResponse): void {
    const where = response.getHeader('Location');
    if (request.getMethod() !== 'POST' || response.getStatus() !== 409 || this.creations < 2 || !where)
      return;
    upload.url = absolute(where);
    throw new Refused(409, response.getBody());
  }

  private create(): Promise<Draft> {
    return this.api.createDraft(this.teamId, {
      title: titleFrom(this.file.name),
      kind: guessKind(this.file) ?? 'video',
    });
  }

  /** The update an earlier visit made, if it still waits for its file. */
  private async known(id: string): Promise<Draft | null> {
    try {
      const update = await this.api.getUpdate(id);
      return update.status === 'awaiting_upload' || update.status === 'uploading' ? update : null;
    } catch {
      return null;
    }
  }

  private fail(failure: Failure): void {
    this.failure = failure;
    this.state = 'failed';
    this.rate = null;
    this.onsettled();
  }

  async pause(): Promise<void> {
    if (!this.active) return;
    this.state = 'paused';
    this.pauses += 1;
    this.rate = null;
    await this.upload?.abort();
    this.onsettled();
  }

  /** Ends the upload and removes its draft. */
  async discard(): Promise<void> {
    const begun = this.state !== 'waiting';
    this.state = 'discarded';
    try {
      await this.upload?.abort(true);
    } catch {
      // the draft's deletion below ends the upload on the server too
    }
    try {
      if (begun && this.updateId !== null) await this.api.discard(this.updateId);
    } finally {
      this.onsettled();
    }
  }
}

/** There is no session any more: trying again waits for a sign-in. */
class SignedOut extends Error {}

/** The upload was paused before a request of it was sent. */
class Paused extends Error {}

/** The server would not say how far an upload is, or that it is no more. */
class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`refused with ${status}`);
  }
}

/** What tus wrapped. */
function cause(error: unknown): unknown {
  return error instanceof DetailedError && error.causingError ? error.causingError : error;
}

function isSignedOut(error: unknown): boolean {
  return cause(error) instanceof SignedOut;
}

/** What an error of tus or of the API client means. */
function failureFrom(error: unknown): Failure {
  if (isSignedOut(error)) return failureOf(401, '');
  const refused = cause(error);
  if (refused instanceof Refused) return failureOf(refused.status, refused.body);
  if (error instanceof DetailedError) {
    return failureOf(error.originalResponse?.getStatus() ?? 0, error.originalResponse?.getBody() ?? '');
  }
  const { status, detail, code } = error as { status?: number; detail?: string; code?: string };
  return failureOf(status ?? 0, JSON.stringify({ detail, code }));
}
