// What the player takes over from its element and the document; full screen and picture in picture. Safari has names of
// its own: on an iPhone the element alone is shown full screen.

import type { Range } from './ranges';

interface SafariDocument {
  webkitFullscreenEnabled?: boolean;
  webkitFullscreenElement?: Element | null;
  webkitExitFullscreen?: () => void;
}
interface SafariElement {
  webkitRequestFullscreen?: () => void;
  webkitEnterFullscreen?: () => void;
  webkitExitFullscreen?: () => void;
  webkitDisplayingFullscreen?: boolean;
}

export interface State {
  paused: boolean;
  ended: boolean;
  fullscreen: boolean;
  inPicture: boolean;
  canFullscreen: boolean;
  canPicture: boolean;
  /** The element's own length; not finite while it is not known. */
  mediaMs: number;
  buffered: Range[];
}

const OF_MEDIA = [
  ...['play', 'playing', 'pause', 'seeked', 'ended', 'emptied', 'durationchange', 'loadedmetadata'],
  ...['enterpictureinpicture', 'leavepictureinpicture', 'webkitbeginfullscreen', 'webkitendfullscreen'],
];
const OF_DOCUMENT = ['fullscreenchange', 'webkitfullscreenchange'];
const BUFFERING = ['progress', 'emptied'];

/** Tells what changes, and at once how all is now; gives what ends it. */
export function watchState(
  media: HTMLMediaElement,
  stage: HTMLElement,
  told: (change: Partial<State>) => void,
): () => void {
  const end = new AbortController();
  const { signal } = end;
  const tell = (): void =>
    told({
      paused: media.paused,
      ended: media.ended,
      fullscreen: isFullscreen(media, stage),
      inPicture: document.pictureInPictureElement === media,
      canFullscreen: canFullscreen(media),
      canPicture: canPicture(media),
      mediaMs: media.duration * 1000,
    });
  const tellBuffered = (): void => told({ buffered: rangesOf(media.buffered) });
  for (const type of OF_MEDIA) media.addEventListener(type, tell, { signal });
  for (const type of OF_DOCUMENT) document.addEventListener(type, tell, { signal });
  for (const type of BUFFERING) media.addEventListener(type, tellBuffered, { signal });
  tell();
  tellBuffered();
  return () => end.abort();
}

function rangesOf(spans: TimeRanges): Range[] {
  return Array.from({ length: spans.length }, (_, at): Range => [
    spans.start(at) * 1000,
    spans.end(at) * 1000,
  ]);
}

function isFullscreen(media: HTMLMediaElement & SafariElement, stage: HTMLElement): boolean {
  const page: Document & SafariDocument = document;
  const shown = page.fullscreenElement ?? page.webkitFullscreenElement ?? null;
  return (
    (shown !== null && (shown === stage || shown === media)) || media.webkitDisplayingFullscreen === true
  );
}

function canFullscreen(media: HTMLMediaElement): boolean {
  const page: Document & SafariDocument = document;
  return (
    page.fullscreenEnabled || page.webkitFullscreenEnabled === true || 'webkitSupportsFullscreen' in media
  );
}

function canPicture(media: HTMLMediaElement): boolean {
  // Safari offers it in an installed app too, where it does nothing.
  const installed = matchMedia('(display-mode: standalone)').matches;
  if (installed && /Version\/.*Safari\//.test(navigator.userAgent)) return false;
  return 'requestPictureInPicture' in media;
}

/** Into full screen or out of it; a browser that refuses stays as it is. */
export async function showFullscreen(
  on: boolean,
  media: HTMLMediaElement & SafariElement,
  stage: HTMLElement & SafariElement,
): Promise<void> {
  const page: Document & SafariDocument = document;
  try {
    if (!on && media.webkitDisplayingFullscreen === true) media.webkitExitFullscreen?.();
    else if (!on) await (page.exitFullscreen ?? page.webkitExitFullscreen)?.call(page);
    else {
      if (page.pictureInPictureElement) void page.exitPictureInPicture();
      const ask = stage.requestFullscreen ?? stage.webkitRequestFullscreen;
      if (ask) await ask.call(stage);
      else media.webkitEnterFullscreen?.();
    }
  } catch {
    // Not allowed here, or no longer.
  }
}

/** Into a picture of its own or out of it; a browser that refuses stays as it is. */
export async function showPicture(on: boolean, media: HTMLMediaElement): Promise<void> {
  try {
    if (!on) await document.exitPictureInPicture();
    else if (media instanceof HTMLVideoElement) {
      if (document.fullscreenElement) void document.exitFullscreen();
      await media.requestPictureInPicture();
    }
  } catch {
    // Not allowed here, or nothing is loaded yet.
  }
}
