// Types of SvelteKit that the app does not extend, and what is there before the app.
declare global {
  namespace App {}

  /** The answer to the request for a token that static/first.js sent. */
  var meridianAhead: Promise<Response> | undefined;
}

export {};
