// What a menu and its entries have between them.
import type { DropdownMenu } from 'bits-ui';
import { getContext, setContext } from 'svelte';

const KEY = Symbol('menu');

export interface Offer {
  /** Takes what was chosen, to be done when the menu has closed and given the focus back. */
  choose: (run: () => void) => void;
  /** What draws an entry: it comes with the list, which is loaded late. */
  Item: typeof DropdownMenu.Item;
}

export const offer = (given: Offer): Offer => setContext(KEY, given);
export const offered = (): Offer => getContext<Offer>(KEY);
