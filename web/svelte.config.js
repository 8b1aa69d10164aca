// The app is static: the Rust server embeds web/build and answers unknown paths with index.html.
import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  kit: {
    adapter: adapter({ pages: 'build', assets: 'build', fallback: 'index.html' }),
    // The bootstrap script is inline; its hash stands in a meta tag, and the server reads it from there.
    csp: { mode: 'hash', directives: { 'script-src': ['self'] } },
    alias: { $features: 'src/lib/features' },
  },
};
