// The transcript as the server gives it (docs: "Transcript").

export interface Word {
  start_ms: number;
  end_ms: number;
  text: string;
  confidence: number | null;
}

export interface Segment {
  id: string;
  start_ms: number;
  end_ms: number;
  text: string;
  words: Word[];
}

export interface TranscriptData {
  language: string | null;
  origin: 'recognised' | 'edited' | 'imported' | 'translated';
  model: string | null;
  revision: number;
  segments: Segment[];
}

export type ExportFormat = 'vtt' | 'srt' | 'txt' | 'md';
export const EXPORT_FORMATS: readonly ExportFormat[] = ['vtt', 'srt', 'txt', 'md'];
