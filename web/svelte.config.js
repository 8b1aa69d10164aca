// The app is static: the Rust server embeds web/build and answers unknown paths with index.html.
import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { withoutInlineScript } from './tools/externalise.js';

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  kit: {
    adapter: withoutInlineScript(
      adapter({ pages: 'build', assets: 'build', fallback: 'index.html' }),
      'build',
    ),
    paths: { relative: false },
    alias: { $features: 'src/lib/features' },
  },
};
