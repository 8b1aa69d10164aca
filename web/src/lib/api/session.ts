// The access token: in memory only, renewed by the HttpOnly cookie. Tabs take turns (Web Locks), since a refresh
// token works once.
import { takeToken } from './ahead';
import { ApiError, readError } from './errors';
import type { Me, SignedIn } from './types';

/** The server's cookie that there is a session, beside the one that pages cannot read. */
const MARKER = 'meridian_signed_in';
/** This browser has been here since there is such a marker: no marker means no session. */
const KNOWN = 'meridian.marker';

let token: string | null = null;
let expiresAt = 0;
let listener: (user: Me | null) => void = () => {};

/** Who wants to know about signing in and out (the session store). */
export function onSession(callback: (user: Me | null) => void): void {
  listener = callback;
}

/** Takes the answer of sign-up, sign-in or refresh. */
export function adopt(answer: SignedIn): void {
  known();
  token = answer.access_token;
  expiresAt = Date.now() + answer.expires_in * 1000;
  listener(answer.user);
}

/** Whether asking for a token can have an answer at all; a first visit need not ask. */
function maySession(): boolean {
  if (document.cookie.split('; ').some((cookie) => cookie.startsWith(`${MARKER}=`))) return true;
  try {
    return localStorage.length > 0 && localStorage.getItem(KNOWN) === null;
  } catch {
    return true;
  }
}

function known(): void {
  try {
    localStorage.setItem(KNOWN, '1');
  } catch {
    // Then it is asked each time.
  }
}

/** Forgets the token. */
export function forget(): void {
  document.cookie = `${MARKER}=; path=/; max-age=0; samesite=strict`;
  token = null;
  expiresAt = 0;
  listener(null);
}

async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  return 'locks' in navigator ? navigator.locks.request('meridian-refresh', work) : work();
}

function ask(fetcher: typeof fetch): Promise<Response> {
  return fetcher('/api/v1/auth/refresh', {
    method: 'POST',
    credentials: 'same-origin',
    // Ends even if the page is left meanwhile: a rotated token whose answer is lost would end the session.
    keepalive: true,
  });
}

let running: Promise<string | null> | null = null;

async function refresh(fetcher: typeof fetch): Promise<string | null> {
  if (token === null && !maySession()) {
    listener(null);
    return null;
  }
  const ahead = takeToken();
  return exclusively(async () => {
    let response: Response;
    try {
      response = await (ahead ?? ask(fetcher));
    } catch {
      throw new ApiError(0, 'offline', '');
    }
    if (response.status === 401) {
      forget();
      return null;
    }
    if (!response.ok) throw await readError(response);
    adopt((await response.json()) as SignedIn);
    return token;
  });
}

/** A token that is valid for a while yet (20 s and more); null: signed out. `force` renews it in any case. */
export async function accessToken(fetcher: typeof fetch = fetch, force = false): Promise<string | null> {
  if (!force && token !== null && Date.now() < expiresAt - 20_000) return token;
  running ??= refresh(fetcher).finally(() => (running = null));
  return running;
}
