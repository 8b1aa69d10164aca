// Server-sent events by fetch, since EventSource cannot send a token. Reconnects with Last-Event-ID.
import { ApiError } from './errors';
import { request } from './client';

export interface ServerEvent {
  id: string | null;
  type: string;
  data: Record<string, unknown>;
}

/** Splits a stream's text into events; returns what is left of an unfinished one. */
export function parse(buffer: string, emit: (event: ServerEvent) => void): string {
  const blocks = buffer.split(/\r?\n\r?\n/);
  const rest = blocks.pop() ?? '';
  for (const block of blocks) {
    let id: string | null = null;
    let type = 'message';
    const data: string[] = [];
    for (const line of block.split(/\r?\n/)) {
      const colon = line.indexOf(':');
      if (colon <= 0) continue;
      const value = line.slice(colon + 1).replace(/^ /, '');
      const field = line.slice(0, colon);
      if (field === 'id') id = value;
      else if (field === 'event') type = value;
      else if (field === 'data') data.push(value);
    }
    if (data.length === 0 && type === 'message') continue;
    const text = data.join('\n');
    emit({ id, type, data: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) });
  }
  return rest;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** Where a stream begins later than this, something may have happened since its follower loaded what it shows. */
const GAP_MS = 100;

type Listener = (event: ServerEvent) => void;

/** The streams of this page. Browsers allow few connections: whoever follows the same one shares it. */
const streams = new Map<string, { listeners: Set<Listener>; stop: () => void }>();

/**
 * Follows a stream until the returned function is called. `reset`: events were missed, load everything anew. `open`: it has
 * just begun; what happened in the moment since the page asked for what it shows is not told.
 */
export function follow(path: string, query: Record<string, string>, onEvent: Listener): () => void {
  const key = `${path}?${new URLSearchParams(query).toString()}`;
  const listeners = streams.get(key)?.listeners ?? new Set<Listener>();
  if (!streams.has(key)) {
    const tell: Listener = (event) => {
      for (const listener of [...listeners]) listener(event);
    };
    const ended = (): void => {
      if (streams.get(key)?.listeners === listeners) streams.delete(key);
    };
    streams.set(key, {
      listeners,
      stop: share(key, tell, (...how) => stream(path, query, ...how), ended),
    });
  }
  // Each follower counts for itself, were it the same function twice.
  const listener: Listener = (event) => onEvent(event);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    const shared = streams.get(key);
    if (listeners.size > 0 || shared?.listeners !== listeners) return;
    streams.delete(key);
    shared.stop();
  };
}

interface Stream {
  /** Until it is stopped, or the server says that there is nothing for us. */
  over: Promise<void>;
  stop: () => void;
}

/** One tab of all reads a stream and tells the others; when it goes, another one reads on from where it was. */
function share(
  key: string,
  tell: Listener,
  open: (each: Listener, last: string | null, asked: number) => Stream,
  ended: () => void,
): () => void {
  if (!('locks' in navigator) || typeof BroadcastChannel === 'undefined') {
    const own = open(tell, null, performance.now());
    void own.over.then(ended);
    return own.stop;
  }
  const abort = new AbortController();
  const tabs = new BroadcastChannel(`meridian-events ${key}`);
  const asked = performance.now();
  let last: string | null = null;
  const hear: Listener = (event) => {
    last = event.id ?? last;
    tell(event);
  };
  tabs.onmessage = (message: MessageEvent<ServerEvent>) => hear(message.data);
  navigator.locks
    .request(`meridian-events ${key}`, { signal: abort.signal }, async () => {
      const own = open(
        (event) => {
          tabs.postMessage(event);
          hear(event);
        },
        last,
        asked,
      );
      abort.signal.addEventListener('abort', own.stop);
      await own.over;
    })
    .catch(() => undefined)
    .finally(ended);
  return () => {
    abort.abort();
    tabs.close();
  };
}

function stream(
  path: string,
  query: Record<string, string>,
  onEvent: Listener,
  from: string | null,
  asked: number,
): Stream {
  const abort = new AbortController();
  let last = from;
  let again = false;
  let wait = FIRST_WAIT_MS;

  async function once(): Promise<void> {
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    if (last !== null) headers['last-event-id'] = last;
    const response = await request('GET', path, { query, headers, signal: abort.signal });
    // Begun late, or cut off before any event told where one stood: whatever happened meanwhile is not sent again.
    const late = again || performance.now() - asked > GAP_MS;
    if (last === null) onEvent({ id: null, type: late ? 'reset' : 'open', data: {} });
    again = true;
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (!reader) return;
    let buffer = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      wait = FIRST_WAIT_MS;
      buffer = parse(buffer + value, (event) => {
        if (event.id !== null) last = event.id;
        onEvent(event);
      });
    }
  }

  async function run(): Promise<void> {
    while (!abort.signal.aborted) {
      try {
        await once();
      } catch (error) {
        if (abort.signal.aborted) return;
        if (error instanceof ApiError && [401, 403, 404].includes(error.status)) return;
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  return { over: run(), stop: () => abort.abort() };
}
