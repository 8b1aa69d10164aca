// Before the first paint: the theme that was chosen, so that nothing flashes.
try {
  const theme = localStorage.getItem('meridian.theme');
  const themes = ['light', 'dark', 'contrast', 'contrast-dark'];
  if (themes.includes(theme)) document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed: the system's theme it is.
}
