// The transcript's state: read from the server, growing with its events, edited in place.

import type { ExportFormat, Segment, Suggestion, TranscriptData } from './types';
import { Edits } from './edits.svelte';
import type { Change } from './replace';
import { placeSegment } from './words';

/** What the transcript asks of the server. Errors carry a `status`. */
export interface TranscriptApi {
  /** Null while there is none yet. */
  load: () => Promise<{ data: TranscriptData; etag: string | null } | null>;
  /** Answers the segment as it was saved, its words timed anew. */
  edit: (
    segmentId: string,
    text: string,
    etag: string | null,
  ) => Promise<{ etag: string | null; segment: Segment }>;
  regenerate: (language: string | null) => Promise<void>;
  download: (format: ExportFormat) => Promise<void>;
  /** Makes a comment of a suggestion, or puts it away. */
  settle: (suggestionId: string, keep: boolean) => Promise<void>;
}

export type EditOutcome = 'saved' | 'conflict' | 'failed';

export class Transcript {
  segments = $state.raw<Segment[]>([]);
  language = $state<string | null>(null);
  origin = $state<TranscriptData['origin']>('recognised');
  /** What was heard that may be worth a comment, and is not settled. */
  suggestions = $state.raw<Suggestion[]>([]);
  loading = $state(true);
  failed = $state(false);
  /** All of it is there: no more segments come by events. */
  complete = $state(false);
  /** The revision that is shown. */
  etag: string | null = null;
  readonly edits = new Edits(
    (change) => this.swap(change),
    (id) => this.textOf(id),
  );
  private readonly api: TranscriptApi;

  constructor(api: TranscriptApi) {
    this.api = api;
  }

  /** Reads it; what events brought meanwhile stays where the server has nothing yet. */
  async load(): Promise<void> {
    try {
      const answer = await this.api.load();
      this.failed = false;
      if (!answer) return;
      this.etag = answer.etag;
      this.language = answer.data.language;
      this.origin = answer.data.origin;
      this.suggestions = answer.data.suggestions.filter(({ status }) => status === 'open');
      const kept = this.complete
        ? []
        : this.segments.filter((segment) => !answer.data.segments.some((read) => read.id === segment.id));
      const last = answer.data.segments.at(-1);
      this.segments = kept
        .filter((segment) => segment.start_ms >= (last?.end_ms ?? 0))
        .reduce(placeSegment, answer.data.segments);
    } catch {
      this.failed = this.segments.length === 0;
    } finally {
      this.loading = false;
    }
  }

  /** A segment as it is recognised. */
  add(segment: Segment): void {
    this.loading = false;
    this.segments = placeSegment(this.segments, segment);
  }

  /** The text is complete: the server's revision replaces what came by events. */
  async finish(): Promise<void> {
    this.complete = true;
    await this.load();
  }

  /**
   * Saves a segment corrected from the revision `basis`, where it said `from`. On a conflict the newer text is read;
   * where others changed other segments only, the correction still goes through.
   */
  async edit(segmentId: string, text: string, from: string, basis: string | null): Promise<EditOutcome> {
    const before = this.segments;
    this.segments = before.map((segment) => (segment.id === segmentId ? { ...segment, text } : segment));
    try {
      const answer = await this.api.edit(segmentId, text, basis);
      this.etag = answer.etag;
      this.origin = 'edited';
      this.segments = placeSegment(this.segments, answer.segment);
      return 'saved';
    } catch (error) {
      this.segments = before;
      if ((error as { status?: number }).status !== 412) return 'failed';
      await this.load();
      const same = this.textOf(segmentId) === from;
      return same && this.etag !== basis ? this.edit(segmentId, text, from, this.etag) : 'conflict';
    }
  }

  private textOf(id: string): string | undefined {
    return this.segments.find((segment) => segment.id === id)?.text;
  }

  /** As `edit`, and it can be taken back. */
  async correct(id: string, text: string, from: string, basis: string | null): Promise<EditOutcome> {
    const outcome = await this.edit(id, text, from, basis);
    if (outcome === 'saved') this.edits.keep([{ id, from, to: this.textOf(id) ?? text }]);
    return outcome;
  }

  /** Saves a change of what a segment still says. */
  private async swap({ id, from, to }: Change): Promise<EditOutcome> {
    return this.textOf(id) === from ? this.edit(id, to, from, this.etag) : 'conflict';
  }

  async settle(suggestionId: string, keep: boolean): Promise<void> {
    await this.api.settle(suggestionId, keep);
    this.suggestions = this.suggestions.filter(({ id }) => id !== suggestionId);
  }

  regenerate(language: string | null): Promise<void> {
    return this.api.regenerate(language);
  }

  download(format: ExportFormat): Promise<void> {
    return this.api.download(format);
  }
}
