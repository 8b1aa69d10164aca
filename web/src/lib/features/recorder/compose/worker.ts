// Puts the picture together off the main thread: a hidden tab's timers are slowed down there, and its page may be busy.

import { paint, type Picture, type Scene, type Size } from './scene';

export interface Begin {
  type: 'begin';
  screen: ReadableStream<VideoFrame> | null;
  camera: ReadableStream<VideoFrame> | null;
  sink: WritableStream<VideoFrame>;
  size: Size;
  framesPerSecond: number;
  paper: string;
}

export type Message = Begin | { type: 'scene'; scene: Scene } | { type: 'end' };

/** A picture that does not change is still told so often, in ms: key frames and the file's time line need it. */
const REPEAT_MS = 200;

let scene: Scene = { bubble: null, strokes: [] };
let changed = true;
let timer: ReturnType<typeof setInterval> | undefined;

/** Keeps the newest frame of a stream. */
class Newest {
  frame: VideoFrame | null = null;
  fresh = false;

  constructor(stream: ReadableStream<VideoFrame> | null) {
    if (stream !== null) void this.read(stream.getReader());
  }

  private async read(reader: ReadableStreamDefaultReader<VideoFrame>): Promise<void> {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      this.frame?.close();
      this.frame = value;
      this.fresh = true;
    }
  }

  get picture(): Picture | null {
    const frame = this.frame;
    return frame && { image: frame, width: frame.displayWidth, height: frame.displayHeight };
  }
}

function begin(message: Begin): void {
  const { size } = message;
  const [screen, camera] = [new Newest(message.screen), new Newest(message.camera)];
  const writer = message.sink.getWriter();
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d', { alpha: false });
  let told = -Infinity;

  timer = setInterval(() => {
    const now = performance.now();
    const fresh = changed || screen.fresh || (scene.bubble !== null && camera.fresh);
    if (context === null || (message.screen !== null && screen.frame === null)) return;
    if ((!fresh && now - told < REPEAT_MS) || (writer.desiredSize ?? 1) <= 0) return;
    changed = screen.fresh = camera.fresh = false;
    told = now;
    const timestamp = Math.round(now * 1000);
    const whole = screen.frame;
    const untouched = scene.strokes.length === 0 && (scene.bubble === null || camera.frame === null);
    let frame: VideoFrame;
    if (whole && untouched && whole.displayWidth === size.width && whole.displayHeight === size.height)
      frame = new VideoFrame(whole, { timestamp });
    else {
      paint(context, size, screen.picture, camera.picture, scene, message.paper);
      frame = new VideoFrame(canvas, { timestamp });
    }
    writer.write(frame).catch(() => frame.close());
  }, 1000 / message.framesPerSecond);
}

self.onmessage = ({ data }: MessageEvent<Message>) => {
  if (data.type === 'begin') begin(data);
  else if (data.type === 'scene') {
    scene = data.scene;
    changed = true;
  } else {
    clearInterval(timer);
    self.close();
  }
};
