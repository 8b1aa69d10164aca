// Types of SvelteKit that the app does not extend, and what is there before the app.
import type { Ahead } from '$lib/api/ahead';

declare global {
  namespace App {}

  /** What static/first.js asked for. */
  var meridianAhead: Ahead | undefined;
}
