// Types of SvelteKit that the app does not extend.
declare global {
  namespace App {}
}

export {};
