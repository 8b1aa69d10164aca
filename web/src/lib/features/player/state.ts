// What the player takes over from media-chrome's store.

import type { Range } from './ranges';

interface Told {
  mediaPaused?: boolean;
  mediaEnded?: boolean;
  mediaIsFullscreen?: boolean;
  mediaIsPip?: boolean;
  mediaFullscreenUnavailable?: unknown;
  mediaPipUnavailable?: unknown;
  mediaBuffered?: readonly unknown[];
}

/** The store's words as the player's. */
export function readState(state: Told) {
  return {
    paused: state.mediaPaused ?? true,
    ended: state.mediaEnded ?? false,
    fullscreen: state.mediaIsFullscreen ?? false,
    inPicture: state.mediaIsPip ?? false,
    canFullscreen: state.mediaFullscreenUnavailable === undefined,
    canPicture: state.mediaPipUnavailable === undefined,
    buffered: (state.mediaBuffered ?? []).map((span): Range => {
      const [from, to] = span as [unknown, unknown];
      return [Number(from) * 1000, Number(to) * 1000];
    }),
  };
}
