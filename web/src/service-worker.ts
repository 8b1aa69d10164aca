/// <reference no-default-lib="true"/>
/// <reference lib="esnext" />
/// <reference lib="webworker" />
/// <reference types="@sveltejs/kit" />
// What the app keeps beside the network: its own hashed files, and a page for when there is no network. Nothing of
// the API and no media is ever kept. Pages always come from the server, so a new build is there on the next load.
import { version } from '$service-worker';
import { keepShared, SHARED_AT } from './lib/features/upload/shared';

const worker = globalThis.self as unknown as ServiceWorkerGlobalScope;

const ASSETS = 'meridian-assets-';
const PRESENT = `${ASSETS}${version}`;
const HASHED = '/_app/immutable/';
const OFFLINE = '/offline/page.html';
/** What the offline page consists of. */
const AWAY = [OFFLINE, '/offline/page.css', '/offline/page.js', '/favicon.svg'];

worker.addEventListener('install', (event) => {
  const kept = caches
    .open(PRESENT)
    .then((cache) => cache.addAll(AWAY.map((path) => new Request(path, { cache: 'reload' }))));
  event.waitUntil(kept.then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    Promise.all([tidy(), worker.registration.navigationPreload?.enable()]).then(() => worker.clients.claim()),
  );
});

/** Drops the files of builds before the last one, which tabs that are open may still ask for. */
async function tidy(): Promise<void> {
  const builds = (await caches.keys()).filter((name) => name.startsWith(ASSETS) && name !== PRESENT);
  await Promise.all(builds.slice(0, -1).map((name) => caches.delete(name)));
}

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== worker.location.origin) return;
  if (request.method === 'POST' && url.pathname === '/upload' && request.mode === 'navigate') {
    event.respondWith(takeShared(request));
  } else if (request.method !== 'GET') {
    return;
  } else if (url.pathname.startsWith(HASHED)) {
    event.respondWith(hashed(request));
  } else if (request.mode === 'navigate' && !isServers(url.pathname)) {
    event.respondWith(page(event));
  } else if (AWAY.includes(url.pathname)) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
});

/** What the server answers by itself: downloads, documents. */
function isServers(path: string): boolean {
  return path.startsWith('/api/') || path.startsWith('/media/');
}

/** A hashed file never changes: from what is kept, else from the server. */
async function hashed(request: Request): Promise<Response> {
  // A browser whose storage is full or broken still gets its files from the server.
  const kept = await caches.match(request).catch(() => undefined);
  if (kept) return kept;
  const answer = await fetch(request);
  // A file of another build may be gone: the server then answers with a page.
  const isFile = answer.ok && !(answer.headers.get('content-type') ?? '').startsWith('text/html');
  if (isFile && request.headers.get('range') === null) {
    const copy = answer.clone();
    const keep = caches.open(PRESENT).then((cache) => cache.put(request, copy));
    keep.catch(() => undefined);
  }
  return answer;
}

async function page(event: FetchEvent): Promise<Response> {
  try {
    const ahead = (await event.preloadResponse) as Response | undefined;
    return ahead ?? (await fetch(event.request));
  } catch {
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
}

/** A recording that another app shares: kept until the upload page takes it. */
async function takeShared(request: Request): Promise<Response> {
  try {
    const form = await request.formData();
    await keepShared(form.getAll('file').filter((part) => part instanceof File));
  } catch {
    // Without room for it the page opens empty: the file can be chosen there.
  }
  return Response.redirect(SHARED_AT, 303);
}
