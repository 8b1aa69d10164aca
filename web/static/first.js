// Runs before the app is there.

// The theme that was chosen, so that nothing flashes.
try {
  const theme = localStorage.getItem('meridian.theme');
  const themes = ['light', 'dark', 'contrast', 'contrast-dark'];
  if (themes.includes(theme)) document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed: the system's theme it is.
}

// A token for whoever is signed in, asked for while the app is loaded: its first requests need one. The app's session
// (src/lib/api/session.ts) takes the answer; the name of the lock and the request are those that it uses itself.
if (document.cookie.includes('meridian_signed_in=')) {
  const ask = () =>
    fetch('/api/v1/auth/refresh', { method: 'POST', credentials: 'same-origin', keepalive: true });
  window.meridianAhead = 'locks' in navigator ? navigator.locks.request('meridian-refresh', ask) : ask();
  window.meridianAhead.catch(() => undefined);
}
