// The recorder's keys. They act where nothing is being typed; Space and letters leave focused buttons their own use of Space.

import type { Recorder } from './recorder.svelte';

export interface KeyActions {
  start: () => void;
}

/** Does what the key means; true: it meant something. */
export function pressed(key: string, recorder: Recorder, actions: KeyActions): boolean {
  const act: Record<string, (() => void) | undefined> = recorder.rolling
    ? {
        ' ': () => (recorder.phase === 'paused' ? recorder.resume() : recorder.pause()),
        s: () => void recorder.stop(),
        n: () => recorder.prompts.next(),
        p: () => recorder.drawing.toggle('pen'),
        a: () => recorder.drawing.toggle('arrow'),
        x: () => recorder.drawing.clear(),
      }
    : recorder.phase === 'countdown'
      ? { Escape: () => recorder.cancelCountdown() }
      : { r: actions.start };
  const found = act[key.length === 1 ? key.toLowerCase() : key];
  found?.();
  return found !== undefined;
}

/** Space on a button or a box is that control's own. */
export function isOwn(target: EventTarget | null, key: string): boolean {
  return key === ' ' && target instanceof HTMLElement && target.closest('button, a, input, select') !== null;
}
