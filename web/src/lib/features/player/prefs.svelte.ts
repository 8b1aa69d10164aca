// The player's preferences as state that is kept, and told to the media element.

import { clampRate, loadPrefs, savePrefs, stepRate, type Prefs } from './prefs';

export class WithPrefs {
  prefs = $state<Prefs>(loadPrefs());
  protected media: HTMLMediaElement | null = null;

  /** Turns a preference on or off. */
  flip(name: 'captions' | 'captionsTop' | 'skipSilence' | 'cinema' | 'playNext'): void {
    this.keep({ [name]: !this.prefs[name] });
  }

  setRate(rate: number): void {
    this.keep({ rate: clampRate(rate) });
    this.tellRate();
  }

  stepRate(direction: 1 | -1): void {
    this.setRate(stepRate(this.prefs.rate, direction));
  }

  /** The speed, with the pitch of who speaks. */
  protected tellRate(): void {
    if (!this.media) return;
    this.media.defaultPlaybackRate = this.prefs.rate;
    this.media.playbackRate = this.prefs.rate;
    this.media.preservesPitch = true;
  }

  setVolume(volume: number): void {
    this.keep({ volume: Math.min(1, Math.max(0, volume)), muted: volume <= 0 });
    this.tellVolume();
  }

  toggleMuted(): void {
    const { muted, volume } = this.prefs;
    // Who wants sound is to hear something.
    this.keep({ muted: !muted, volume: muted && volume <= 0 ? 0.25 : volume });
    this.tellVolume();
  }

  protected tellVolume(): void {
    if (!this.media) return;
    this.media.volume = this.prefs.volume;
    this.media.muted = this.prefs.muted;
  }

  protected keep(change: Partial<Prefs>): void {
    this.prefs = { ...this.prefs, ...change };
    savePrefs(this.prefs);
  }
}
