// A meeting's recording and its transcript belong together: Zoom and Teams write them as two files.

interface Named {
  name: string;
}

/** Whether a file is a transcript by its name. */
export function isTranscript(file: Named): boolean {
  return /\.(vtt|srt)$/i.test(file.name);
}

/** What both files of a meeting begin with: `GMT2024…_Recording.transcript.vtt` goes with `GMT2024…_Recording_1920x1080.mp4`. */
function stem(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.[^.]*$/, '')
    .replace(/\.(transcript|cc)$/, '');
}

function related(recording: Named, text: Named): boolean {
  const [one, other] = [stem(recording.name), stem(text.name)];
  return one.startsWith(other) || other.startsWith(one);
}

/** Gives each transcript to the recording that is called like it; a single one to a single recording. */
export function pairUp<R extends Named, T extends Named>(
  recordings: readonly R[],
  texts: readonly T[],
): { pairs: Map<R, T>; alone: T[] } {
  const pairs = new Map<R, T>();
  const free = () => recordings.filter((recording) => !pairs.has(recording));
  let alone: T[] = [];
  for (const text of texts) {
    const found = free().find((recording) => related(recording, text));
    if (found) pairs.set(found, text);
    else alone.push(text);
  }
  const [only, another] = free();
  const [left, more] = alone;
  if (only && left && another === undefined && more === undefined) {
    pairs.set(only, left);
    alone = [];
  }
  return { pairs, alone };
}
