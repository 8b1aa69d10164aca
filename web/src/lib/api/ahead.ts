// What was asked for before the app was there (static/first.js): each answer is taken once, and while it is fresh.

export interface Ahead {
  /** The answer to the request for a token, where somebody is signed in. */
  token?: Promise<Response> | undefined;
  /** Answers by address; none where the request could not be made. */
  reads: Record<string, Promise<Response | undefined>>;
}

/** How long after the page began what was read ahead may be taken, in ms: as long as the app may take on a thin line. */
const FRESH_MS = 30_000;

export function takeToken(): Promise<Response> | undefined {
  const token = globalThis.meridianAhead?.token;
  if (globalThis.meridianAhead) globalThis.meridianAhead.token = undefined;
  return token;
}

/** The answer to a read that was sent ahead; none if there is none, or it did not get through. */
export async function takeRead(address: string): Promise<Response | undefined> {
  const reads = globalThis.meridianAhead?.reads ?? {};
  const read = reads[address];
  delete reads[address];
  return performance.now() < FRESH_MS ? read?.catch(() => undefined) : undefined;
}

/** Takes away the poster that stood for the player, once what is drawn now is to be seen. */
export function dropPoster(): void {
  const poster = document.getElementById('ahead');
  if (poster) requestAnimationFrame(() => requestAnimationFrame(() => poster.remove()));
}
