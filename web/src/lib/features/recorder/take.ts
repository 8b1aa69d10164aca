// One run of the browser's MediaRecorder.

import { Clock } from './clock';
import { recorderOptions, SLICE_MS, type Format } from './formats';
import type { Output } from './setup.svelte';

export class Take {
  private readonly recorder: MediaRecorder;
  private readonly clock = new Clock();
  private readonly ended: Promise<void>;

  /** `onpiece` gets each piece as it comes; `onend` when the browser ended the recording by itself. */
  constructor(
    output: Output,
    format: Format,
    onpiece: (blob: Blob, durationMs: number) => void,
    onend: () => void,
  ) {
    this.recorder = new MediaRecorder(output.stream, recorderOptions(format, output.size.height));
    this.recorder.ondataavailable = (event) => onpiece(event.data, this.elapsed());
    this.ended = new Promise((resolve) => {
      this.recorder.onstop = () => {
        this.clock.pause(performance.now());
        resolve();
        onend();
      };
    });
  }

  /** Recorded ms so far. */
  elapsed(): number {
    return Math.round(this.clock.elapsed(performance.now()));
  }

  /** Begins; resolves when the browser records. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.recorder.onstart = () => {
        this.clock.start(performance.now());
        resolve();
      };
      this.recorder.onerror = () => reject(new Error('the browser could not record'));
      this.recorder.start(SLICE_MS);
    });
  }

  pause(): void {
    if (this.recorder.state !== 'recording') return;
    this.recorder.pause();
    // What there is goes out now: a pause may last.
    this.recorder.requestData();
    this.clock.pause(performance.now());
  }

  resume(): void {
    if (this.recorder.state !== 'paused') return;
    this.recorder.resume();
    this.clock.start(performance.now());
  }

  /** Ends it; resolves after the last piece. */
  stop(): Promise<void> {
    if (this.recorder.state !== 'inactive') this.recorder.stop();
    return this.ended;
  }
}
