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

/** Follows a stream until the returned function is called. `reset`: events were missed, load everything anew. */
export function follow(
  path: string,
  query: Record<string, string>,
  onEvent: (event: ServerEvent) => void,
): () => void {
  const abort = new AbortController();
  let last: string | null = null;
  let again = false;
  let wait = FIRST_WAIT_MS;

  async function once(): Promise<void> {
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    if (last !== null) headers['last-event-id'] = last;
    const response = await request('GET', path, { query, headers, signal: abort.signal });
    // Cut off before any event told where one stood: whatever happened meanwhile is not sent again.
    if (again && last === null) onEvent({ id: null, type: 'reset', data: {} });
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

  void run();
  return () => abort.abort();
}
