// Which container and codecs to ask the browser for. H.264 in Matroska comes on time (MP4 ignores the time slice) and
// is copied by the server as it is; the server trusts the bytes, not these words.

import type { Source } from './types';

export interface Format {
  mimeType: string;
  kind: 'video' | 'voice';
}

const VIDEO = [
  'video/webm;codecs=h264,opus',
  'video/webm;codecs=vp8,opus',
  'video/webm',
  'video/mp4;codecs=avc1.42E01F,mp4a.40.2',
  'video/mp4',
];
const VOICE = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4', 'audio/webm'];

/** The first that the browser says it can make; null: it can make none. */
export function pickFormat(source: Source, isTypeSupported: (type: string) => boolean): Format | null {
  const kind = source === 'voice' ? 'voice' : 'video';
  const mimeType = (kind === 'voice' ? VOICE : VIDEO).find((type) => isTypeSupported(type));
  return mimeType === undefined ? null : { mimeType, kind };
}

/** How often the recorder hands out what it has, in ms: the most that a lost tab loses of it. */
export const SLICE_MS = 1_000;
/** Distance of key frames in ms: live segments are cut at them. */
export const KEY_FRAMES_MS = 2_000;

/** Options of a MediaRecorder; `videoKeyFrameIntervalDuration` is not in the DOM types yet. */
export interface RecorderOptions extends MediaRecorderOptions {
  videoKeyFrameIntervalDuration?: number;
}

/** Bits a second that suit a picture of this height. */
export function recorderOptions(format: Format, height: number): RecorderOptions {
  if (format.kind === 'voice') return { mimeType: format.mimeType, audioBitsPerSecond: 64_000 };
  return {
    mimeType: format.mimeType,
    audioBitsPerSecond: 96_000,
    videoBitsPerSecond: height > 800 ? 3_500_000 : 2_000_000,
    videoKeyFrameIntervalDuration: KEY_FRAMES_MS,
  };
}

/** A name for the file, as its download would have it. */
export function fileName(format: Format, atMs: number): string {
  const ending = format.mimeType.includes('mp4') ? 'mp4' : format.mimeType.includes('ogg') ? 'ogg' : 'webm';
  return `recording-${new Date(atMs).toISOString().slice(0, 19).replace(/[:T]/g, '-')}.${ending}`;
}
