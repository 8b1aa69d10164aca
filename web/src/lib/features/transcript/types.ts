// The transcript as the server gives it (docs: "Transcript").
import type { components } from '$lib/api/schema';

export type Word = components['schemas']['WordView'];
export type Segment = components['schemas']['SegmentView'];
export type TranscriptData = components['schemas']['Transcript'];

export type ExportFormat = 'vtt' | 'srt' | 'txt' | 'md';
export const EXPORT_FORMATS: readonly ExportFormat[] = ['vtt', 'srt', 'txt', 'md'];
