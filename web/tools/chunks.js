// How the app's modules are joined into files: each file costs a browser a request, and over HTTP/1.1 only six are on
// their way at once.
import path from 'node:path';

/** What every page loads, whichever it is: the app's entries and its frame. */
const ENTRIES = [
  'node_modules/@sveltejs/kit/src/runtime/client/entry.js',
  '.svelte-kit/generated/client-optimized/app.js',
  '.svelte-kit/generated/client-optimized/nodes/0.js',
];
/** What so many pages and parts need is in one file: small modules, together less than what their requests would cost. */
const COMMON = 5;
/** Files smaller than this (bytes, as written) join the one that is asked for by nearly the same pages. */
const SMALL = 3000;

/**
 * The groups for the bundler: one file of what every page loads; else what the same pages share, in few files.
 * @param {string} root the folder of the app
 * @returns {import('vite').Rolldown.CodeSplittingGroup[]}
 */
export function groups(root) {
  const entries = new Set(ENTRIES.map((file) => path.join(root, file)));
  /** @type {Set<string> | undefined} */
  let everywhere;
  return [
    { name: 'styles', test: /\.css($|\?)|&type=style/, priority: 2 },
    {
      debugName: 'base',
      name: (id, chunking) => {
        everywhere ??= reached(entries, chunking);
        return everywhere.has(id) && !entries.has(id) ? 'base' : null;
      },
      priority: 1,
    },
    { name: 'common', minShareCount: COMMON },
    { name: 'shared', minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: SMALL },
  ];
}

/**
 * The modules that some import without waiting, and what those import.
 * @param {Set<string>} from
 * @param {import('vite').Rolldown.ChunkingContext} chunking
 */
function reached(from, chunking) {
  const found = new Set(from);
  for (const id of found) {
    for (const next of chunking.getModuleInfo(id)?.importedIds ?? []) found.add(next);
  }
  return found;
}
