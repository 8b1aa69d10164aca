// What each page of the app needs, for the server to name in the first answer: without that a browser learns of a
// page's own files only when the app runs, and of the texts' later still.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const NODES = '.svelte-kit/generated/client-optimized/nodes';
const LANGUAGES = ['en', 'de'];
const FONTS = '_app/immutable/assets';
/** The part of the font that every page is written with; browsers ask for the others when a letter is of them. */
const FONT = /-latin-wght-normal\..*woff2$/;

/** @typedef {{ file: string, imports?: string[] }} Chunk */

/**
 * Writes `<folder>/_app/preloads.json`: the scripts of each route beyond those in `page`, and of each
 * language. (All styles are one file, which `page` names.)
 * @param {string} client where the bundler left its manifest
 * @param {string} folder
 * @param {string} page the first page as built, which names what all routes need
 */
export async function writePreloads(client, folder, page) {
  const text = await readFile(path.join(client, '.vite/manifest.json'), 'utf8');
  /** @type {Record<string, Chunk>} */
  const manifest = JSON.parse(text);
  /** @param {string[]} keys */
  const beyond = (keys) => scriptsOf(manifest, keys).filter((name) => !page.includes(name));
  const nodes = await nodesOf();
  const routes = [...nodes.pages].map(([route, key]) => {
    const above = [...nodes.layouts].filter(([at]) => at !== '/' && `${route}/`.startsWith(`${at}/`));
    return { address: route, scripts: beyond([...above.map(([, layout]) => layout), key]) };
  });
  const languages = Object.fromEntries(
    LANGUAGES.map((code) => [code, beyond([`src/lib/messages/${code}/index.ts`])]),
  );
  await writeFile(path.join(folder, '_app/preloads.json'), JSON.stringify({ routes, languages }));
}

/**
 * The link to the font, which else is asked for once there is text to draw: the text would be drawn twice.
 * @param {string} folder
 */
export async function fontLink(folder) {
  const font = (await readdir(path.join(folder, FONTS))).find((name) => FONT.test(name));
  if (font === undefined) throw new Error(`no font in ${FONTS}`);
  return `<link rel="preload" href="/${FONTS}/${font}" as="font" type="font/woff2" crossorigin>`;
}

/** Which part of the app stands for which route: `/t/[id]` -> a key of the manifest. */
async function nodesOf() {
  /** @type {{ pages: Map<string, string>, layouts: Map<string, string> }} */
  const found = { pages: new Map(), layouts: new Map() };
  for (const name of await readdir(NODES)) {
    const code = await readFile(path.join(NODES, name), 'utf8');
    const [, route, kind] = /src\/routes(.*?)\/\+(page|layout)\./.exec(code) ?? [];
    if (route === undefined) continue;
    (kind === 'page' ? found.pages : found.layouts).set(route === '' ? '/' : route, `${NODES}/${name}`);
  }
  if (found.pages.size === 0) throw new Error(`no pages found in ${NODES}`);
  return found;
}

/**
 * The scripts that some parts consist of, those that they import included.
 * @param {Record<string, Chunk>} manifest
 * @param {string[]} keys
 */
function scriptsOf(manifest, keys) {
  const all = new Set(keys);
  /** @type {Set<string>} */
  const scripts = new Set();
  for (const key of all) {
    const chunk = manifest[key];
    if (chunk === undefined) throw new Error(`the bundler's manifest has no ${key}`);
    for (const next of chunk.imports ?? []) all.add(next);
    scripts.add(`/${chunk.file}`);
  }
  return [...scripts];
}
