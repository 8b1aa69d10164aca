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

  const at = location.pathname;
  /**
   * A phone's watch page begins with the poster across its whole width (styles/ahead.css): it is there before the app is,
   * which takes it away when its player shows the same (dropPoster in src/lib/api/ahead.ts).
   */
  const show = (poster) => {
    if (location.pathname !== at) return;
    poster.id = 'ahead';
    poster.alt = '';
    poster.fetchPriority = 'high';
    document.body.append(poster);
  };
  /** Reads for the app, and begins to load the pictures of what comes. */
  const read = async (address, token) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const options = { headers: { accept: 'application/json', ...headers }, credentials: 'same-origin' };
    const answer = await fetch(address, options);
    if (answer.ok) {
      const { kind, media, items } = await answer.clone().json();
      const first = (items ?? []).slice(0, 3).map((one) => one.media);
      for (const shown of [media, ...first]) {
        if (!shown?.poster_url) continue;
        const poster = new Image();
        if (shown === media && kind === 'video' && token && matchMedia('(max-width: 767px)').matches)
          show(poster);
        poster.src = shown.poster_url;
      }
    }
    return answer;
  };
  /** What does not get through the app asks for by itself. */
  const keep = (address, answer) => {
    answer.catch(() => undefined);
    ahead.reads[address] = answer;
  };

  const [, kind, id] = at.split('/');
  // A token for whoever is signed in. The name of the lock and the request are those that src/lib/api/session.ts uses.
  if (document.cookie.includes('meridian_signed_in=')) {
    const ask = () =>
      fetch('/api/v1/auth/refresh', { method: 'POST', credentials: 'same-origin', keepalive: true });
    ahead.token = 'locks' in navigator ? navigator.locks.request('meridian-refresh', ask) : ask();
    // Whose session has ended: the app finds out by the same answer.
    const signedIn = ahead.token.then((answer) =>
      answer.ok ? answer.clone().json() : Promise.reject(new Error('signed out')),
    );
    signedIn.catch(() => undefined);
    if (kind === 'u' && id) {
      const update = `/api/v1/updates/${id}`;
      keep(
        update,
        signedIn.then(({ access_token: token }) => read(update, token)),
      );
    } else if (kind === '') {
      // The home page's lists; the address of the second is known with the answer only.
      const list = ({ access_token: token, user: { workspaces } }) => {
        const asks = '/api/v1/me/asks?state=open&limit=50';
        keep(asks, read(asks, token));
        const chosen = localStorage.getItem('meridian.workspace');
        const workspace = workspaces.find((one) => one.id === chosen) ?? workspaces[0];
        if (!workspace) return;
        const updates = `/api/v1/workspaces/${workspace.id}/updates`;
        keep(updates, read(updates, token));
      };
      signedIn.then(list).catch(() => undefined);
    }
  }
  if (kind === 's' && id) {
    const shared = `/api/v1/shared/${id}?again=false`;
    keep(shared, read(shared));
  }
}
