// Packs files of the built app, for the server to send as they are.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** What packs well. */
const PACKED = /\.(js|css|svg)$/;

/**
 * Packs each file that never changes as tightly as can be, beside it (`.br`, `.gz`): the server sends them as they are.
 * @param {string} folder
 */
export async function pack(folder) {
  const files = await readdir(folder, { recursive: true });
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  for (const file of files.filter((name) => PACKED.test(name))) {
    const code = await readFile(path.join(folder, file));
    const packed = {
      br: await promisify(brotliCompress)(code, quality),
      gz: await promisify(gzip)(code, { level: 9 }),
    };
    for (const [ending, content] of Object.entries(packed)) {
      if (content.length < code.length) await writeFile(path.join(folder, `${file}.${ending}`), content);
    }
  }
}
