// Listens to a microphone: how loud it is, and whether anything is heard at all.

/** Below this (root mean square, full scale 1) nothing is heard: about -62 dB. */
const SILENCE = 0.0008;
/** So long without a sound is worth a warning, in ms. */
export const SILENT_FOR_MS = 5_000;

export class Ear {
  private since: number | null = null;

  /** Takes a level at a moment; true: nothing was heard for a while. */
  hears(level: number, now: number): boolean {
    if (level > SILENCE) this.since = null;
    else this.since ??= now;
    return this.since !== null && now - this.since >= SILENT_FOR_MS;
  }
}

/** A level (root mean square) as 0..1 on a scale of decibels that fits speech. */
export function toMeter(level: number): number {
  if (level <= 0) return 0;
  return Math.min(1, Math.max(0, (20 * Math.log10(level) + 60) / 54));
}

/** Measures a track; `ontell` gets the level about twelve times a second. Gives what ends it. */
export function listenTo(track: MediaStreamTrack, ontell: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  void context.resume();
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    if (context.state !== 'running') return;
    analyser.getFloatTimeDomainData(samples);
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    ontell(track.enabled ? Math.sqrt(sum / samples.length) : 0);
  }, 80);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}
