// The transcript as the server gives it (docs: "Transcript").
import type { components } from '$lib/api/schema';

export type Word = components['schemas']['WordView'];
export type Segment = components['schemas']['SegmentView'];

/** What somebody seems to have said. */
export type SuggestionKind = 'decision' | 'blocker' | 'plan' | 'request';
/** Something said that may be worth a comment. */
export type Suggestion = Omit<components['schemas']['SuggestionView'], 'kind'> & { kind: SuggestionKind };
export type TranscriptData = Omit<components['schemas']['Transcript'], 'suggestions'> & {
  suggestions: Suggestion[];
};

export type ExportFormat = 'vtt' | 'srt' | 'txt' | 'md';
export const EXPORT_FORMATS: readonly ExportFormat[] = ['vtt', 'srt', 'txt', 'md'];
