// The streams of the chosen source: opened, shown, replaced, closed.

import { openCamera, openMicrophone, openScreen, mix, stopAll, FRAMES_PER_SECOND } from './capture';
import { compose, type Compositor } from './compose/compositor';
import { outputSize, type Scene, type Size } from './compose/scene';
import { Ear, listenTo, toMeter } from './ear';
import { CaptureError, type CaptureFailure, type Device } from './failures';
import type { RecorderPrefs } from './prefs';
import { isComposed, usesCamera, usesScreen, type Source } from './types';

export interface Output {
  stream: MediaStream;
  size: Size;
  /** Where the picture is put together; null: the browser gives it as it is. */
  where: Compositor['where'] | null;
  show: (scene: Scene) => void;
  close: () => void;
}

export class Setup {
  screen = $state.raw<MediaStream | null>(null);
  camera = $state.raw<MediaStream | null>(null);
  microphone = $state.raw<MediaStream | null>(null);
  /** Why a device could not be had. */
  failure = $state<CaptureFailure | null>(null);
  /** Loudness, 0..1. */
  level = $state(0);
  /** Nothing was heard for a while. */
  silent = $state(false);
  private readonly onlost: (device: Device) => void;
  private unlisten: () => void = () => undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(onlost: (device: Device) => void) {
    this.onlost = onlost;
  }

  /** What the source needs is open. */
  isReady(source: Source): boolean {
    return (
      (!usesScreen(source) || this.screen !== null) &&
      (!usesCamera(source) || this.camera !== null) &&
      this.microphone !== null
    );
  }

  /** Opens something, once all that was asked for before is open; false: it could not be had, and `failure` says why. */
  attempt(work: () => Promise<void>): Promise<boolean> {
    const attempt = this.last.then(() => this.tryTo(work));
    this.last = attempt;
    return attempt;
  }

  private async tryTo(work: () => Promise<void>): Promise<boolean> {
    this.failure = null;
    try {
      await work();
      return true;
    } catch (error) {
      this.failure = error instanceof CaptureError ? error.code : 'unknown';
      return false;
    }
  }

  /** Opens what the source needs and is not open; closes what it does not need. */
  async open(source: Source, prefs: RecorderPrefs): Promise<void> {
    if (!usesScreen(source)) this.closeScreen();
    if (!usesCamera(source)) this.closeCamera();
    // The screen first: the browser wants a click shortly before.
    if (usesScreen(source) && this.screen === null)
      this.screen = this.watch('screen', await openScreen(prefs.screenSound));
    if (this.microphone === null) await this.openMicrophone(prefs.microphone);
    if (usesCamera(source) && this.camera === null) await this.openCamera(prefs.camera, source === 'both');
  }

  async openCamera(id: string | null, small: boolean): Promise<void> {
    this.closeCamera();
    this.camera = this.watch('camera', await openCamera(id, small));
  }

  async openMicrophone(id: string | null): Promise<void> {
    this.closeMicrophone();
    const stream = this.watch('microphone', await openMicrophone(id));
    this.microphone = stream;
    const [track] = stream.getAudioTracks();
    if (track === undefined) return;
    const ear = new Ear();
    this.unlisten = listenTo(track, (level) => {
      this.level = toMeter(level);
      this.silent = ear.hears(level, performance.now());
    });
  }

  /** Tells when a device goes away by itself. */
  private watch(device: Device, stream: MediaStream): MediaStream {
    const main = device === 'microphone' ? stream.getAudioTracks()[0] : stream.getVideoTracks()[0];
    main?.addEventListener('ended', () => this.onlost(device));
    return stream;
  }

  /** What is recorded: the browser's own track, or one that is put together. */
  output(source: Source, paper: string): Output {
    const screen = usesScreen(source) ? (this.screen?.getVideoTracks()[0] ?? null) : null;
    const camera = usesCamera(source) ? (this.camera?.getVideoTracks()[0] ?? null) : null;
    const sound = mix([
      ...(this.microphone?.getAudioTracks() ?? []),
      ...(usesScreen(source) ? (this.screen?.getAudioTracks() ?? []) : []),
    ]);
    const tracks = sound.track === null ? [] : [sound.track];
    if (!isComposed(source)) {
      const size = outputSize(camera?.getSettings() ?? {});
      const stream = new MediaStream(camera === null ? tracks : [camera, ...tracks]);
      return { stream, size, where: null, show: () => undefined, close: sound.close };
    }
    const size = outputSize(screen?.getSettings() ?? {});
    const composed = compose({ screen, camera, size, framesPerSecond: FRAMES_PER_SECOND, paper });
    return {
      stream: new MediaStream([composed.track, ...tracks]),
      size,
      where: composed.where,
      show: composed.show,
      close: () => {
        composed.close();
        sound.close();
      },
    };
  }

  closeScreen(): void {
    stopAll(this.screen);
    this.screen = null;
  }

  closeCamera(): void {
    stopAll(this.camera);
    this.camera = null;
  }

  private closeMicrophone(): void {
    this.unlisten();
    this.unlisten = () => undefined;
    stopAll(this.microphone);
    this.microphone = null;
    this.level = 0;
    this.silent = false;
  }

  close(): void {
    this.closeScreen();
    this.closeCamera();
    this.closeMicrophone();
  }

  /** Nothing stays on, not even what is still being opened. */
  leave(): void {
    this.close();
    void this.last.then(() => this.close());
  }
}
