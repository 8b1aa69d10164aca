// Where to go after signing in: a path of this origin, nothing else.

/** The path to return to from `?next=`; the home page for anything that would leave this origin. */
export function safeNext(value: string | null, origin: string = location.origin): string {
  if (value === null || !value.startsWith('/')) return '/';
  let url: URL;
  try {
    url = new URL(value, origin);
  } catch {
    return '/';
  }
  if (url.origin !== origin) return '/';
  const path = url.pathname + url.search + url.hash;
  // Backslashes and double slashes are read as another host by some browsers.
  if (path.startsWith('//') || path.includes('\\') || path.startsWith('/sign-')) return '/';
  return path;
}

/** The sign-in page that comes back to this address, its query (`?t=83`) included. */
export function signInFor(url: URL): string {
  const here = url.pathname + url.search;
  return here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`;
}
