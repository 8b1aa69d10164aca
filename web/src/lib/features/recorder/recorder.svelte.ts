// The recorder: from choosing a source to the last piece of a take.

import { Countdown } from './countdown.svelte';
import { allGranted } from './devices.svelte';
import { Drawing } from './drawing.svelte';
import type { Device } from './failures';
import { pickFormat } from './formats';
import { kept } from './kept.svelte';
import { afterLoss } from './loss';
import { outbox } from './outbox.svelte';
import { recordingOf, type RecordingPlan } from './plan';
import { loadPrefs, savePrefs, type RecorderPrefs } from './prefs';
import { Prompts } from './prompts.svelte';
import type { Sender } from './sender.svelte';
import { Setup, type Output } from './setup.svelte';
import { Take } from './take';
import { Vigil } from './vigil.svelte';
import { usesCamera, usesScreen, type Interruption, type Phase, type Source } from './types';

/** Colour of the whiteboard. */
const PAPER = '#fdfdfb';

export class Recorder {
  phase = $state<Phase>('setup');
  prefs = $state<RecorderPrefs>(loadPrefs());
  interruption = $state<Interruption | null>(null);
  sender = $state.raw<Sender | null>(null);
  output = $state.raw<Output | null>(null);
  readonly busy = $derived(['countdown', 'recording', 'paused', 'stopping'].includes(this.phase));
  readonly rolling = $derived(this.phase === 'recording' || this.phase === 'paused');
  readonly countdown = new Countdown();
  readonly drawing = new Drawing(() => this.show());
  readonly prompts = new Prompts();
  readonly setup = new Setup((device) => this.lost(device));
  readonly vigil = new Vigil();
  private readonly onstopped: (sender: Sender) => void;
  private take: Take | null = null;

  /** `only`: it records nothing else, and what was chosen elsewhere stays chosen there. */
  constructor(
    onstopped: (sender: Sender) => void,
    private readonly only: Source | null = null,
  ) {
    if (only !== null) this.prefs = { ...this.prefs, source: only, countdown: false, live: false };
    this.onstopped = onstopped;
    kept.any = true;
  }

  get source(): Source {
    return this.prefs.source;
  }

  set(change: Partial<RecorderPrefs>): void {
    this.prefs = { ...this.prefs, ...change };
    if (this.only === null) savePrefs(this.prefs);
  }

  async choose(source: Source): Promise<void> {
    this.set({ source });
    this.setup.failure = null;
    if (!usesScreen(source)) this.setup.closeScreen();
    if (!usesCamera(source)) this.setup.closeCamera();
    await this.openQuietly();
  }

  /** Opens what needs no click, if the browser has been allowed before; something else may be chosen meanwhile. */
  async openQuietly(): Promise<void> {
    const source = this.source;
    if (usesScreen(source) || !(await allGranted(usesCamera(source)))) return;
    await this.setup.attempt(async () => {
      if (source === this.source && this.phase === 'setup') await this.setup.open(source, this.prefs);
    });
  }

  /** Opens the source's devices; false: the browser or the person said no. */
  async open(): Promise<boolean> {
    this.phase = 'asking';
    const opened = await this.setup.attempt(() => this.setup.open(this.source, this.prefs));
    this.phase = 'setup';
    return opened;
  }

  async useCamera(id: string): Promise<void> {
    this.set({ camera: id });
    if (this.setup.camera !== null)
      await this.setup.attempt(() => this.setup.openCamera(id, this.source === 'both'));
  }

  async useMicrophone(id: string): Promise<void> {
    this.set({ microphone: id });
    if (this.setup.microphone !== null) await this.setup.attempt(() => this.setup.openMicrophone(id));
  }

  /** Asks for what is missing, counts down and records. */
  async begin(plan: RecordingPlan): Promise<void> {
    if (this.phase !== 'setup') return;
    this.interruption = null;
    const format = pickFormat(this.source, (type) => MediaRecorder.isTypeSupported(type));
    if (format === null) {
      this.setup.failure = 'no_format';
      return;
    }
    if (!(await this.open())) return;
    const output = this.setup.output(this.source, PAPER);
    this.output = output;
    this.show();
    const sender = await outbox.begin(recordingOf(plan, format, this.prefs.live));
    this.sender = sender;
    if (this.prefs.countdown) {
      this.phase = 'countdown';
      if (!(await this.countdown.run())) return this.giveUp(sender);
    }
    const take = new Take(
      output,
      format,
      // The last piece goes together with the word that it is the last.
      (blob, durationMs) => sender.add(blob, durationMs, this.phase === 'stopping'),
      () => void this.ended(),
    );
    try {
      await take.start();
    } catch {
      this.setup.failure = 'no_format';
      return this.giveUp(sender);
    }
    this.take = take;
    this.phase = 'recording';
    this.prompts.begin((chapters) => sender.describe({ chapters }));
    this.vigil.begin(take, sender, plan.limitMs, {
      tick: (ms) => this.prompts.at(ms),
      over: (why) => void this.stop(why),
    });
  }

  cancelCountdown(): void {
    this.countdown.cancel();
  }

  private async giveUp(sender: Sender): Promise<void> {
    this.closeOutput();
    this.sender = null;
    this.phase = 'setup';
    await sender.discard();
  }

  /** Puts bubble and drawing over the picture. */
  show(): void {
    const bubble = this.source === 'both' && this.setup.camera !== null ? { ...this.prefs.bubble } : null;
    this.output?.show({
      bubble,
      strokes: $state.snapshot(this.drawing.strokes) as typeof this.drawing.strokes,
    });
  }

  moveBubble(x: number, y: number): void {
    this.set({ bubble: { x, y } });
    this.show();
  }

  pause(): void {
    if (this.phase !== 'recording') return;
    this.take?.pause();
    this.phase = 'paused';
  }

  resume(): void {
    if (this.phase !== 'paused') return;
    this.interruption = null;
    this.take?.resume();
    this.phase = 'recording';
  }

  /** Ends the recording; its last piece is on its way when this resolves. */
  async stop(why: Interruption | null = null): Promise<void> {
    if (!this.rolling) return;
    this.phase = 'stopping';
    this.interruption = why;
    await this.take?.stop();
  }

  /** The browser has handed out the last piece, asked to or not. */
  private async ended(): Promise<void> {
    const sender = this.sender;
    const take = this.take;
    if (sender === null || take === null) return;
    if (this.phase !== 'stopping') this.interruption ??= 'browser';
    this.phase = 'stopping';
    this.take = null;
    sender.finish();
    this.vigil.elapsedMs = take.elapsed();
    // The last piece is sent before anything else is tidied up: others wait for it.
    await new Promise((resolve) => setTimeout(resolve));
    this.prompts.end();
    this.release();
    this.phase = 'setup';
    if (sender.state !== 'discarded') this.onstopped(sender);
  }

  /** Throws the take away and is ready for another one. */
  async retake(): Promise<void> {
    const sender = this.sender;
    const take = this.take;
    if (sender === null || take === null) return;
    this.phase = 'stopping';
    this.take = null;
    await take.stop();
    this.closeOutput();
    this.vigil.end();
    this.sender = null;
    this.vigil.elapsedMs = 0;
    this.prompts.end();
    this.phase = 'setup';
    await sender.discard();
  }

  private lost(device: Device): void {
    if (!this.rolling) {
      if (device === 'screen') this.setup.closeScreen();
      else this.setup.failure = `${device}_missing`;
      return;
    }
    const { becomes, why } = afterLoss(device, this.source);
    if (becomes === 'ended') return void this.stop(why);
    if (becomes === 'paused') this.pause();
    else this.setup.closeCamera();
    this.interruption = why;
    this.show();
  }

  private closeOutput(): void {
    this.output?.close();
    this.output = null;
    this.drawing.clear();
  }

  private release(): void {
    this.vigil.end();
    this.closeOutput();
    this.setup.close();
  }

  /** The page is left. A recording that runs is ended and goes on being sent. */
  close(): void {
    this.countdown.cancel();
    if (this.rolling) return void this.stop();
    this.release();
    this.setup.leave();
  }
}
