// The player on the keys of the keyboard and headphones, and on the phone's lock screen.

import { nextChapter, previousChapter, type Chapter } from './chapters';
import type { Line } from './line';
import type { Player } from './player.svelte';

export interface About {
  title: string;
  artist: string;
  poster: string | null;
  chapters: readonly Chapter[];
}

const STEP_MS = 10_000;

/** Where playback is, as the browser takes it; null while there is no length. */
export function placeIn(line: Line, timeMs: number, rate: number): Required<MediaPositionState> | null {
  const duration = (line.endMs - line.startMs) / 1000;
  if (!(duration > 0) || !Number.isFinite(duration)) return null;
  const position = Math.min(duration, Math.max(0, (timeMs - line.startMs) / 1000));
  return { duration, position, playbackRate: rate };
}

/** What each key does. */
export function handlers(
  player: Player,
  about: () => About,
  next: (() => void) | null,
): Partial<Record<MediaSessionAction, MediaSessionActionHandler>> {
  const { chapters } = about();
  const after = (): number | null => nextChapter(about().chapters, player.timeMs);
  return {
    play: () => player.play(),
    pause: () => player.pause(),
    stop: () => player.pause(),
    seekbackward: ({ seekOffset }) => player.skip(-(seekOffset ? seekOffset * 1000 : STEP_MS)),
    seekforward: ({ seekOffset }) => player.skip(seekOffset ? seekOffset * 1000 : STEP_MS),
    seekto: ({ seekTime }) => {
      if (typeof seekTime === 'number') player.seek(player.line.startMs + seekTime * 1000);
    },
    previoustrack: () => player.seek(previousChapter(about().chapters, player.timeMs) ?? player.line.startMs),
    ...(chapters.length > 0 || next !== null
      ? {
          nexttrack: () => {
            const to = after();
            if (to !== null) player.seek(to);
            else next?.();
          },
        }
      : {}),
  };
}

const ACTIONS: readonly MediaSessionAction[] = [
  'play',
  'pause',
  'stop',
  'seekbackward',
  'seekforward',
  'seekto',
  'previoustrack',
  'nexttrack',
];

/** Takes the keys; gives what lets go of them. */
export function take(
  session: MediaSession,
  player: Player,
  about: () => About,
  next: (() => void) | null,
): () => void {
  const { title, artist, poster } = about();
  session.metadata = new MediaMetadata({ title, artist, artwork: poster === null ? [] : [{ src: poster }] });
  const does = handlers(player, about, next);
  for (const action of ACTIONS) setHandler(session, action, does[action] ?? null);
  return () => {
    session.metadata = null;
    session.playbackState = 'none';
    for (const action of ACTIONS) setHandler(session, action, null);
  };
}

function setHandler(
  session: MediaSession,
  action: MediaSessionAction,
  handler: MediaSessionActionHandler | null,
): void {
  try {
    session.setActionHandler(action, handler);
  } catch {
    // A key that this browser does not know.
  }
}
