// The scripts of the built page: the framework's own becomes a file, as its text changes with each build; the one that runs
// before the app (static/first.js) is in the page itself, which spares a trip to the server before anything is asked for.
// The server names its hash in the Content-Security-Policy, which has no 'unsafe-inline'.
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { minifySync } from 'vite';
import { pack } from './pack.js';
import { fontLink, writePreloads } from './preloads.js';

const INLINE = /<script>([\s\S]*?)<\/script>/g;
// What comes first on a thin line is what was asked for by the first script: the update and its poster.
const PRELOAD = 'rel="modulepreload"';
const FIRST = '<script src="/first.js"></script>';

/**
 * An adapter that runs another one, then takes the inline scripts out of `<folder>/index.html`, puts the first one in, notes
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
      const font = await fontLink(folder);
      const first = `<script>${await firstScript(folder)}</script>`;
      if (!changed.includes(FIRST)) throw new Error(`index.html has no ${FIRST}`);
      const whole = changed
        .replaceAll(PRELOAD, `${PRELOAD} fetchpriority="low"`)
        .replace(FIRST, () => first)
        .replace('</head>', `${font}</head>`);
      await writeFile(page, whole);
      await writePreloads(builder.getClientDirectory(), folder, whole);
      await pack(`${folder}/_app/immutable`);
    },
  };
}

/**
 * The script that runs before the app, as short as it gets; its file goes.
 * @param {string} folder
 */
async function firstScript(folder) {
  const file = `${folder}/first.js`;
  const { code, errors } = minifySync(file, await readFile(file, 'utf8'), { module: false });
  if (errors.length > 0 || code.includes('</')) throw new Error(`${file}: ${JSON.stringify(errors)}`);
  await rm(file);
  return code.trim();
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
