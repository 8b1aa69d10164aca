// The questions of a check-in, one at a time; "next" stamps a chapter.

import type { Chapter, Prompt } from './types';

export class Prompts {
  list = $state.raw<Prompt[]>([]);
  index = $state(0);
  readonly current = $derived(this.list[this.index] ?? null);
  readonly isLast = $derived(this.index >= this.list.length - 1);
  private chapters: Chapter[] = [];
  private now = 0;
  private onchange: ((chapters: Chapter[]) => void) | null = null;

  /** A recording begins: with the first prompt. */
  begin(onchange: (chapters: Chapter[]) => void): void {
    this.chapters = [];
    this.index = 0;
    this.onchange = onchange;
    this.now = 0;
    if (this.current) this.stamp(this.current);
  }

  /** The recording's time now, in ms. */
  at(ms: number): void {
    this.now = ms;
  }

  next(): void {
    if (this.isLast || this.onchange === null) return;
    this.index += 1;
    if (this.current) this.stamp(this.current);
  }

  end(): void {
    this.onchange = null;
    this.index = 0;
  }

  private stamp(prompt: Prompt): void {
    const chapter = { at_ms: Math.round(this.now), title: prompt.text.slice(0, 200), prompt_id: prompt.id };
    this.chapters = [...this.chapters, chapter];
    this.onchange?.(this.chapters);
  }
}
