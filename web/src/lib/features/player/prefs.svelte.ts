// The player's preferences as state that is kept, and told to the media element.

import type { createMediaStore } from 'media-chrome/dist/media-store/media-store.js';
import { clampRate, loadPrefs, savePrefs, stepRate, type Prefs } from './prefs';

type Store = ReturnType<typeof createMediaStore>;

export class WithPrefs {
  prefs = $state<Prefs>(loadPrefs());
  protected media: HTMLMediaElement | null = null;
  protected store: Store | null = null;

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
    this.ask('mediavolumerequest', this.prefs.volume);
  }

  toggleMuted(): void {
    this.keep({ muted: !this.prefs.muted });
    this.ask(this.prefs.muted ? 'mediamuterequest' : 'mediaunmuterequest');
  }

  protected ask(type: string, detail?: unknown): void {
    this.store?.dispatch({ type, detail });
  }

  protected keep(change: Partial<Prefs>): void {
    this.prefs = { ...this.prefs, ...change };
    savePrefs(this.prefs);
  }
}
