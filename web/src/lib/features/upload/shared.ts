// Recordings that another app shares with the installed one: the service worker keeps them (this browser's cache,
// nothing is sent), the upload page takes them out.

/** Where the worker leads to. */
export const SHARED_AT = '/upload';

const CACHE = 'meridian-shared';
const NAME = 'x-file-name';
const MODIFIED = 'x-modified-ms';

export async function keepShared(files: readonly File[]): Promise<void> {
  await caches.delete(CACHE);
  const cache = await caches.open(CACHE);
  for (const [index, file] of files.entries()) {
    const headers = {
      'content-type': file.type || 'application/octet-stream',
      // A header takes no letter beyond ASCII.
      [NAME]: encodeURIComponent(file.name),
      [MODIFIED]: String(file.lastModified),
    };
    await cache.put(`/shared/${index}`, new Response(file, { headers }));
  }
}

/** What was shared; it is given once. */
export async function takeShared(): Promise<File[]> {
  if (!('caches' in globalThis) || !(await caches.has(CACHE))) return [];
  const cache = await caches.open(CACHE);
  const files: File[] = [];
  for (const request of await cache.keys()) {
    const kept = await cache.match(request);
    if (!kept) continue;
    const name = decodeURIComponent(kept.headers.get(NAME) ?? '');
    const lastModified = Number(kept.headers.get(MODIFIED));
    files.push(
      new File([await kept.blob()], name, { type: kept.headers.get('content-type') ?? '', lastModified }),
    );
  }
  await caches.delete(CACHE);
  return files;
}
