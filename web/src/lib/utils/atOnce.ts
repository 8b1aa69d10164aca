// What a person does shows at once; where the server refuses, it is taken back, with words.
import { words } from '$lib/api/words';
import { toasts } from '$lib/toasts.svelte';

/** Writes what is shown already. `back` undoes what is shown; answers whether it was written. */
export async function atOnce(write: () => Promise<unknown>, back: () => void): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    back();
    toasts.say(words(error));
    return false;
  }
}
