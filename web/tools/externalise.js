// Moves the bootstrap script of the built page into a file, so that the server's Content-Security-Policy
// (`script-src 'self'`, no hashes, no 'unsafe-inline') holds as it stands.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { pack } from './pack.js';
import { fontLink, writePreloads } from './preloads.js';

const INLINE = /<script>([\s\S]*?)<\/script>/g;

/**
 * An adapter that runs another one, then takes the inline scripts out of `<folder>/index.html`, notes
 * what each page needs (the font in that page itself) and packs what never changes.
 * @param {import('@sveltejs/kit').Adapter} adapter
 * @param {string} folder
 * @returns {import('@sveltejs/kit').Adapter}
 */
export function withoutInlineScript(adapter, folder) {
  return {
    ...adapter,
    async adapt(builder) {
      await adapter.adapt(builder);
      const page = `${folder}/index.html`;
      const html = await readFile(page, 'utf8');
      /** @type {{ name: string, code: string }[]} */
      const files = [];
      const changed = html.replace(INLINE, (_, code) => {
        const sum = createHash('sha256').update(code).digest('hex').slice(0, 12);
        const name = `_app/immutable/boot.${sum}.js`;
        files.push({ name, code: code.trim() });
        return `<script src="/${name}"></script>`;
      });
      if (files.length === 0) throw new Error('no bootstrap script found in index.html');
      for (const { name, code } of files) await writeFile(`${folder}/${name}`, code);
      const whole = changed.replace('</head>', `${await fontLink(folder)}</head>`);
      await writeFile(page, whole);
      await writePreloads(builder.getClientDirectory(), folder, whole);
      await pack(`${folder}/_app/immutable`);
    },
  };
}

/**
 * Takes the style attribute from the framework's announcer, which the policy would refuse; base.css hides it.
 * @returns {import('vite').Plugin}
 */
export function withoutInlineStyle() {
  return {
    name: 'without-inline-style',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('/generated/root.svelte')) return null;
      return code.replace(/ style="[^"]*"/g, '');
    },
  };
}
