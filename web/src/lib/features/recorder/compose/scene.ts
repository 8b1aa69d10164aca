// What is put over the picture: the camera bubble and what was drawn. Places are parts of the picture's width and height.

export interface Bubble {
  x: number;
  y: number;
}

export interface Stroke {
  kind: 'pen' | 'arrow';
  colour: string;
  points: [number, number][];
}

export interface Scene {
  bubble: Bubble | null;
  strokes: Stroke[];
}

export interface Size {
  width: number;
  height: number;
}

/** The bubble's diameter in parts of the picture's height. */
export const BUBBLE = 0.26;
/** Width of a line in parts of the picture's height. */
const LINE = 0.008;

/** The largest size of a source's shape within the most that is recorded; even, as codecs want it. */
export function outputSize(source: Partial<Size>, most: Size = { width: 1920, height: 1080 }): Size {
  const { width = 1280, height = 720 } = source;
  const scale = Math.min(1, most.width / width, most.height / height);
  const even = (length: number): number => Math.max(2, Math.round((length * scale) / 2) * 2);
  return { width: even(width), height: even(height) };
}

/** Where a picture goes so that all of it is seen: `[x, y, width, height]`. */
export function fit(inner: Size, outer: Size): [number, number, number, number] {
  const scale = Math.min(outer.width / inner.width, outer.height / inner.height);
  const [width, height] = [inner.width * scale, inner.height * scale];
  return [(outer.width - width) / 2, (outer.height - height) / 2, width, height];
}

/** Which square of a picture fills the bubble: `[x, y, side]`. */
export function middle(inner: Size): [number, number, number] {
  const side = Math.min(inner.width, inner.height);
  return [(inner.width - side) / 2, (inner.height - side) / 2, side];
}

/** Keeps the bubble inside the picture. */
export function insidePicture(bubble: Bubble, size: Size): Bubble {
  const [rx, ry] = [(BUBBLE / 2) * (size.height / size.width), BUBBLE / 2];
  const clamp = (value: number, radius: number): number => Math.min(1 - radius, Math.max(radius, value));
  return { x: clamp(bubble.x, rx), y: clamp(bubble.y, ry) };
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** The two strokes of an arrow's head at its last point, in pixels. */
export function arrowHead(from: [number, number], to: [number, number], length: number): [number, number][] {
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  const side = (turn: number): [number, number] => [
    to[0] - length * Math.cos(angle + turn),
    to[1] - length * Math.sin(angle + turn),
  ];
  return [side(0.45), to, side(-0.45)];
}

/** Draws strokes over a picture of this size. */
export function paintStrokes(context: Context, size: Size, strokes: readonly Stroke[]): void {
  context.save();
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.lineWidth = Math.max(2, size.height * LINE);
  for (const stroke of strokes) {
    const pixels = stroke.points.map(([x, y]): [number, number] => [x * size.width, y * size.height]);
    const [first, ...rest] = pixels;
    const last = pixels[pixels.length - 1];
    if (first === undefined || last === undefined) continue;
    context.strokeStyle = stroke.colour;
    context.beginPath();
    context.moveTo(...first);
    if (stroke.kind === 'arrow') {
      context.lineTo(...last);
      const head = arrowHead(first, last, size.height * 0.035);
      head.forEach((point, index) => (index === 0 ? context.moveTo(...point) : context.lineTo(...point)));
    } else if (rest.length === 0) context.lineTo(...first);
    else for (const point of rest) context.lineTo(...point);
    context.stroke();
  }
  context.restore();
}

/** A picture and its size. */
export interface Picture extends Size {
  image: CanvasImageSource;
}

/** Paints one picture of the recording; without a screen it is a whiteboard. */
export function paint(
  context: Context,
  size: Size,
  screen: Picture | null,
  camera: Picture | null,
  scene: Scene,
  paper: string,
): void {
  context.fillStyle = screen === null ? paper : 'black';
  context.fillRect(0, 0, size.width, size.height);
  if (screen !== null) context.drawImage(screen.image, ...fit(screen, size));
  paintStrokes(context, size, scene.strokes);
  if (scene.bubble === null || camera === null) return;
  const place = insidePicture(scene.bubble, size);
  const radius = (size.height * BUBBLE) / 2;
  const [x, y] = [place.x * size.width, place.y * size.height];
  const [sx, sy, side] = middle(camera);
  context.save();
  context.beginPath();
  context.arc(x, y, radius, 0, Math.PI * 2);
  context.clip();
  context.drawImage(camera.image, sx, sy, side, side, x - radius, y - radius, radius * 2, radius * 2);
  context.restore();
}
