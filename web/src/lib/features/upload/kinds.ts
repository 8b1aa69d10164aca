// Which files the picker offers, and what a file probably is. The server decides by the bytes.

const VIDEO = ['mp4', 'm4v', 'mov', 'webm', 'mkv', '3gp', '3g2'];
const AUDIO = ['m4a', 'mp3', 'wav', 'ogg', 'oga', 'opus', 'flac', 'aac', 'weba', 'mka'];

/** For the file picker's `accept`: recordings, and transcripts that go with them. */
export const ACCEPT = [
  'video/*',
  'audio/*',
  ...[...VIDEO, ...AUDIO, 'vtt', 'srt'].map((ending) => `.${ending}`),
].join(',');

interface FileLike {
  name: string;
  type: string;
}

function ending(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
}

/** What a file seems to be, or null when neither its type nor its name says video or sound. */
export function guessKind(file: FileLike): 'video' | 'voice' | null {
  if (AUDIO.includes(ending(file.name)) || file.type.startsWith('audio/')) return 'voice';
  if (VIDEO.includes(ending(file.name)) || file.type.startsWith('video/')) return 'video';
  return null;
}

/** A title from a file's name: the ending, underscores and doubled blanks go. */
export function titleFrom(name: string): string {
  const dot = name.lastIndexOf('.');
  return (dot > 0 ? name.slice(0, dot) : name)
    .replace(/[_\s]+/g, ' ')
    .trim()
    .slice(0, 200);
}
