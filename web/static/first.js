// Runs before the app is there.

// The theme that was chosen, so that nothing flashes.
try {
  const theme = localStorage.getItem('meridian.theme');
  const themes = ['light', 'dark', 'contrast', 'contrast-dark'];
  if (themes.includes(theme)) document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed: the system's theme it is.
}

// What the app will ask for first, asked for while it is loaded; src/lib/api/ahead.ts takes the answers.
{
  const ahead = { token: undefined, reads: {} };
  const read = (path, token) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return fetch(path, {
      headers: { accept: 'application/json', ...headers },
      credentials: 'same-origin',
    });
  };
  const [, kind, id] = location.pathname.split('/');
  // A token for whoever is signed in. The name of the lock and the request are those that src/lib/api/session.ts uses.
  if (document.cookie.includes('meridian_signed_in=')) {
    const ask = () =>
      fetch('/api/v1/auth/refresh', { method: 'POST', credentials: 'same-origin', keepalive: true });
    ahead.token = 'locks' in navigator ? navigator.locks.request('meridian-refresh', ask) : ask();
    if (kind === 'u') {
      const update = `/api/v1/updates/${id}`;
      ahead.reads[update] = ahead.token
        .then((answer) => answer.clone().json())
        .then(({ access_token: token }) => (token ? read(update, token) : undefined));
    }
    ahead.token.catch(() => undefined);
  }
  if (kind === 's') {
    const shared = `/api/v1/shared/${id}?again=false`;
    ahead.reads[shared] = read(shared);
  }
  Object.values(ahead.reads).forEach((answer) => answer.catch(() => undefined));
  window.meridianAhead = ahead;
}
