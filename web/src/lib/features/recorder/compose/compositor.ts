// One video track out of screen, camera bubble and drawing.

import { paint, type Picture, type Scene, type Size } from './scene';
import type { Message } from './worker';

export interface Compositor {
  readonly track: MediaStreamTrack;
  readonly size: Size;
  /** Where it works: for the curious and for tests. */
  readonly where: 'worker' | 'page';
  show: (scene: Scene) => void;
  close: () => void;
}

export interface Parts {
  screen: MediaStreamTrack | null;
  camera: MediaStreamTrack | null;
  size: Size;
  framesPerSecond: number;
  /** Colour of the whiteboard. */
  paper: string;
}

function inWorker(parts: Parts): Compositor {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const generator = new MediaStreamTrackGenerator({ kind: 'video' });
  // A copy of the camera: this one is stopped with the worker, the other shows the preview.
  const tracks = [parts.screen, parts.camera].map((track) => track?.clone() ?? null);
  const [screen = null, camera = null] = tracks.map((track) =>
    track ? new MediaStreamTrackProcessor({ track }).readable : null,
  );
  const post = (message: Message, move: Transferable[] = []): void => worker.postMessage(message, move);
  const { size, framesPerSecond, paper } = parts;
  post({ type: 'begin', screen, camera, sink: generator.writable, size, framesPerSecond, paper }, [
    ...[screen, camera].filter((stream) => stream !== null),
    generator.writable,
  ]);
  return {
    track: generator,
    size,
    where: 'worker',
    show: (scene) => post({ type: 'scene', scene }),
    close: () => {
      for (const track of tracks) track?.stop();
      generator.stop();
      post({ type: 'end' });
    },
  };
}

function moving(track: MediaStreamTrack | null): { picture: () => Picture | null; close: () => void } {
  if (track === null) return { picture: () => null, close: () => undefined };
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  void video.play().catch(() => undefined);
  return {
    picture: () =>
      video.readyState < 2 ? null : { image: video, width: video.videoWidth, height: video.videoHeight },
    close: () => (video.srcObject = null),
  };
}

function inPage(parts: Parts): Compositor {
  const { size } = parts;
  const canvas = document.createElement('canvas');
  canvas.width = size.width;
  canvas.height = size.height;
  const context = canvas.getContext('2d', { alpha: false });
  const [screen, camera] = [moving(parts.screen), moving(parts.camera)];
  let scene: Scene = { bubble: null, strokes: [] };
  const ticker = new Worker(new URL('./ticker.ts', import.meta.url), { type: 'module' });
  ticker.onmessage = () => {
    const picture = screen.picture();
    if (context === null || (parts.screen !== null && picture === null)) return;
    paint(context, size, picture, camera.picture(), scene, parts.paper);
  };
  ticker.postMessage(1000 / parts.framesPerSecond);
  const [track] = canvas.captureStream(parts.framesPerSecond).getVideoTracks();
  if (track === undefined) throw new Error('the canvas gives no track');
  return {
    track,
    size,
    where: 'page',
    show: (next) => (scene = next),
    close: () => {
      ticker.terminate();
      track.stop();
      screen.close();
      camera.close();
    },
  };
}

/** Off the main thread where the browser can. */
export function compose(parts: Parts): Compositor {
  const streams = 'MediaStreamTrackProcessor' in window && 'MediaStreamTrackGenerator' in window;
  return streams ? inWorker(parts) : inPage(parts);
}
