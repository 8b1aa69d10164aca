// The player's preferences as state that is kept.

import { loadPrefs, savePrefs, type Prefs } from './prefs';

export class WithPrefs {
  prefs = $state<Prefs>(loadPrefs());

  toggleCaptions(): void {
    this.keep({ captions: !this.prefs.captions });
  }

  toggleSkipSilence(): void {
    this.keep({ skipSilence: !this.prefs.skipSilence });
  }

  protected keep(change: Partial<Prefs>): void {
    this.prefs = { ...this.prefs, ...change };
    savePrefs(this.prefs);
  }
}
