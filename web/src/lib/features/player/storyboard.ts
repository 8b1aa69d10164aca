// The storyboard: a WebVTT file whose cues name a piece of one picture (`storyboard.jpg#xywh=0,0,160,90`).

export interface Still {
  startMs: number;
  endMs: number;
  url: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

function cueMs(text: string): number | null {
  const match = /^(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{3})$/.exec(text.trim());
  if (!match) return null;
  const [hours, minutes, seconds, millis] = [match[1], match[2], match[3], match[4]].map((part) =>
    Number(part ?? 0),
  );
  return ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000 + (millis ?? 0);
}

/** Reads the stills; pictures are named relative to `baseUrl`. What cannot be read is left out. */
export function parseStoryboard(vtt: string, baseUrl: string): Still[] {
  const stills: Still[] = [];
  const lines = vtt.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const [from, to] = (lines[at] ?? '').split('-->');
    if (from === undefined || to === undefined) continue;
    const startMs = cueMs(from);
    const endMs = cueMs(to.trim().split(/\s/)[0] ?? '');
    const piece = /^(.+)#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)$/.exec((lines[at + 1] ?? '').trim());
    if (startMs === null || endMs === null || !piece?.[1]) continue;
    const [x, y, width, height] = piece.slice(2).map(Number);
    stills.push({
      startMs,
      endMs,
      url: new URL(piece[1], baseUrl).href,
      x: x ?? 0,
      y: y ?? 0,
      width: width ?? 0,
      height: height ?? 0,
    });
  }
  return stills;
}

/** The still at a moment: the last that has begun. */
export function stillAt(stills: readonly Still[], ms: number): Still | null {
  let found: Still | null = stills[0] ?? null;
  for (const still of stills) {
    if (still.startMs > ms) break;
    found = still;
  }
  return found;
}

/** Reads the stills of an address; none where it cannot be had. */
export async function loadStoryboard(url: string): Promise<Still[]> {
  try {
    const answer = await fetch(url);
    return answer.ok ? parseStoryboard(await answer.text(), new URL(url, location.href).href) : [];
  } catch {
    return [];
  }
}
