// The one client of the API: credentials, errors, ETags, lists.
import { takeRead } from './ahead';
import { ApiError, readError } from './errors';
import { accessToken } from './session';
import type { Page } from './types';

export interface Options {
  /** JSON, or a file as it is. */
  body?: unknown;
  query?: Record<string, string | number | boolean | null | undefined>;
  /** ETag of what is edited. */
  ifMatch?: string | null;
  /** Signing in and the like: no token is sent. */
  anonymous?: boolean;
  signal?: AbortSignal;
  /** The request may outlive the page. */
  keepalive?: boolean;
  headers?: Record<string, string>;
}

export interface Answer<T> {
  data: T;
  etag: string | null;
}

function address(path: string, query: Options['query']): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== '') params.set(key, String(value));
  }
  const text = params.toString();
  return `/api/v1${path}${text ? `?${text}` : ''}`;
}

async function send(method: string, path: string, options: Options, force: boolean): Promise<Response> {
  const url = address(path, options.query);
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
  if (!options.anonymous) {
    const token = await accessToken(fetch, force);
    if (token === null) throw new ApiError(401, 'unauthenticated', '');
    headers.authorization = `Bearer ${token}`;
  }
  const file = options.body instanceof Blob ? options.body : null;
  if (options.body !== undefined && file === null) headers['content-type'] = 'application/json';
  if (options.ifMatch) headers['if-match'] = options.ifMatch;
  const ahead = method === 'GET' && !force ? await takeRead(url) : undefined;
  if (ahead) return ahead;
  try {
    return await fetch(url, {
      method,
      headers,
      body: file ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
      signal: options.signal,
      keepalive: options.keepalive,
      credentials: 'same-origin',
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'offline', '');
  }
}

/** The raw answer of a call; a token that ended in between is renewed once. */
export async function request(method: string, path: string, options: Options = {}): Promise<Response> {
  let response = await send(method, path, options, false);
  if (response.status === 401 && !options.anonymous) response = await send(method, path, options, true);
  if (!response.ok) throw await readError(response);
  return response;
}

async function call<T>(method: string, path: string, options: Options = {}): Promise<Answer<T>> {
  const response = await request(method, path, options);
  const text = await response.text();
  const data = (text === '' ? undefined : JSON.parse(text)) as T;
  return { data, etag: response.headers.get('etag') };
}

export const api = {
  get: <T>(path: string, options?: Options) => call<T>('GET', path, options).then((answer) => answer.data),
  /** As `get`, with the ETag for a later edit. */
  load: <T>(path: string, options?: Options) => call<T>('GET', path, options),
  post: <T>(path: string, body?: unknown, options?: Options) =>
    call<T>('POST', path, { ...options, body: body ?? {} }).then((answer) => answer.data),
  put: <T>(path: string, body?: unknown, options?: Options) =>
    call<T>('PUT', path, { ...options, body }).then((answer) => answer.data),
  patch: <T>(path: string, body: unknown, options?: Options) => call<T>('PATCH', path, { ...options, body }),
  delete: (path: string, options?: Options) => call<void>('DELETE', path, options).then(() => undefined),
  /** A page of a list. */
  page: <T>(path: string, options?: Options) =>
    call<Page<T>>('GET', path, options).then((answer) => answer.data),
};
