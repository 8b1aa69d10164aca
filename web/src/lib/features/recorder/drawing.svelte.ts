// What is drawn over the recording.

import type { Stroke } from './compose/scene';

export type Tool = 'pen' | 'arrow';
export const COLOURS = ['#e5484d', '#f5b83d', '#2f9e6e', '#3d7bf0', '#111a1a'] as const;

export class Drawing {
  tool = $state<Tool | null>(null);
  colour = $state<string>(COLOURS[0]);
  strokes = $state<Stroke[]>([]);
  private readonly onchange: () => void;

  constructor(onchange: () => void) {
    this.onchange = onchange;
  }

  toggle(tool: Tool): void {
    this.tool = this.tool === tool ? null : tool;
  }

  /** Begins a stroke at a place (parts of width and height). */
  begin(x: number, y: number): void {
    if (this.tool === null) return;
    this.strokes.push({ kind: this.tool, colour: this.colour, points: [[x, y]] });
    this.onchange();
  }

  /** Goes on with it. An arrow has only its two ends. */
  move(x: number, y: number): void {
    const stroke = this.strokes[this.strokes.length - 1];
    if (stroke === undefined) return;
    const [first] = stroke.points;
    if (stroke.kind === 'arrow' && first) stroke.points = [first, [x, y]];
    else stroke.points.push([x, y]);
    this.onchange();
  }

  undo(): void {
    this.strokes = this.strokes.slice(0, -1);
    this.onchange();
  }

  clear(): void {
    if (this.strokes.length === 0) return;
    this.strokes = [];
    this.onchange();
  }
}
