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
  window.meridianAhead = ahead;

  const get = (path, token) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return fetch(path, { headers: { accept: 'application/json', ...headers }, credentials: 'same-origin' });
  };
  /** Reads for the app, and begins to load the pictures of what comes. */
  const read = async (path, token) => {
    const answer = await get(path, token);
    if (answer.ok) {
      const { media, items } = await answer.clone().json();
      const first = (items ?? []).slice(0, 3).map((one) => one.media);
      for (const shown of [media, ...first]) if (shown?.poster_url) new Image().src = shown.poster_url;
    }
    return answer;
  };
  const chosen = ({ workspaces }) => {
    const stored = localStorage.getItem('meridian.workspace');
    return workspaces.find(({ id }) => id === stored) ?? workspaces[0];
  };

  const updatesOf = (workspace) => `/api/v1/workspaces/${workspace}/updates`;

  const [, kind, id] = location.pathname.split('/');
  // A token for whoever is signed in. The name of the lock and the request are those that src/lib/api/session.ts uses.
  if (document.cookie.includes('meridian_signed_in=')) {
    const ask = () =>
      fetch('/api/v1/auth/refresh', { method: 'POST', credentials: 'same-origin', keepalive: true });
    ahead.token = 'locks' in navigator ? navigator.locks.request('meridian-refresh', ask) : ask();
    const signedIn = ahead.token.then((answer) => answer.clone().json());
    signedIn.catch(() => undefined);
    if (kind === 'u') {
      const update = `/api/v1/updates/${id}`;
      ahead.reads[update] = signedIn.then(({ access_token: token }) => read(update, token));
    } else if (kind === '') {
      // Whose address is known with the answer only: the home page's list.
      const list = ({ access_token: token, user }) => {
        const workspace = chosen(user)?.id;
        if (workspace === undefined) return;
        const updates = read(updatesOf(workspace), token);
        updates.catch(() => undefined);
        ahead.reads[updatesOf(workspace)] = updates;
      };
      signedIn.then(list).catch(() => undefined);
    }
  }
  if (kind === 's') {
    const shared = `/api/v1/shared/${id}?again=false`;
    ahead.reads[shared] = read(shared);
  }
  Object.values(ahead.reads).forEach((answer) => answer.catch(() => undefined));
}
