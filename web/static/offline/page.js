// Chooses the language and the colours, and goes on where one was as soon as the network is back.
let language = navigator.languages.find((tag) => /^(de|en)\b/.test(tag)) ?? 'en';
try {
  language = localStorage.getItem('meridian.language') ?? language;
  const theme = localStorage.getItem('meridian.theme');
  const themes = ['light', 'dark', 'contrast', 'contrast-dark'];
  if (themes.includes(theme)) document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed: the browser's own it is.
}
const german = language.startsWith('de');
document.documentElement.lang = german ? 'de' : 'en';
for (const part of document.querySelectorAll('[data-language]'))
  part.hidden = (part.dataset.language === 'de') !== german;
for (const button of document.querySelectorAll('button'))
  button.addEventListener('click', () => location.reload());
addEventListener('online', () => location.reload());
// The server may have been away while the network was there.
setInterval(() => {
  fetch('/favicon.svg', { method: 'HEAD', cache: 'no-store' }).then(
    () => location.reload(),
    () => undefined,
  );
}, 2000);
