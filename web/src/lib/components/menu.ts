// What a menu and its entries have between them.
import { getContext, setContext } from 'svelte';

const KEY = Symbol('menu');

/** Takes what was chosen, to be done when the menu has closed and given the focus back. */
export type Chosen = (run: () => void) => void;

export const offer = (chosen: Chosen): Chosen => setContext(KEY, chosen);
export const offered = (): Chosen => getContext<Chosen>(KEY);
