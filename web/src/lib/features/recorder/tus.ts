// The few calls of tus 1.0 that a recording needs: its length is told at the end.

import { api, request } from '$lib/api/client';
import { ApiError, readError } from '$lib/api/errors';
import { accessToken } from '$lib/api/session';
import type { Update } from '$lib/api/types';
import type { Recording } from './archive';

/** How far the server is. */
export interface Standing {
  offset: number;
  /** Known once the recording has ended. */
  length: number | null;
}

/** What a sender asks of the server. */
export interface Uplink {
  /** Makes the update; the same recording and try make only one. */
  createUpdate: (recording: Recording) => Promise<Pick<Update, 'id' | 'upload_url'>>;
  /** Begins the upload; answers where it is, and whether it was there already because an answer had been lost. */
  createUpload: (uploadUrl: string, recording: Recording) => Promise<{ url: string; was: boolean }>;
  standing: (url: string) => Promise<Standing>;
  /** Appends bytes; with `length` they are the last ones. Answers the new offset. */
  append: (url: string, offset: number, bytes: Blob, length: number | null) => Promise<number>;
  describe: (updateId: string, recording: Recording) => Promise<void>;
  deleteUpdate: (updateId: string) => Promise<void>;
}

/** A request that gets no answer for so long is tried anew. */
const PATIENCE_MS = 60_000;

const base64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));

/** The update has an upload that goes on: the answer says where. */
const isThere = (response: Response): boolean => response.status === 409 && response.headers.has('location');

async function send(
  method: string,
  url: string,
  headers: Record<string, string>,
  body?: Blob,
): Promise<Response> {
  for (const force of [false, true]) {
    const token = await accessToken(fetch, force);
    if (token === null) throw new ApiError(401, 'unauthenticated', '');
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers: { 'tus-resumable': '1.0.0', authorization: `Bearer ${token}`, ...headers },
        body,
        signal: AbortSignal.timeout(PATIENCE_MS),
        credentials: 'same-origin',
      });
    } catch (error) {
      throw new ApiError(0, 'offline', String(error));
    }
    if (response.ok || isThere(response)) return response;
    if (response.status !== 401 || force) throw await readError(response);
  }
  throw new ApiError(401, 'unauthenticated', '');
}

export const uplink: Uplink = {
  createUpdate: (recording) =>
    api.post<Update>(
      `/teams/${recording.teamId}/updates`,
      {
        kind: recording.kind,
        title: recording.title || undefined,
        publish: recording.publish,
        round_id: recording.roundId ?? undefined,
        reply_to_id: recording.replyTo?.updateId,
        audience: recording.replyTo?.audience ?? undefined,
      },
      { headers: { 'idempotency-key': `${recording.id}-${recording.tries}` } },
    ),

  async createUpload(uploadUrl, recording) {
    const metadata = { filename: recording.filename, filetype: recording.mimeType };
    const response = await send('POST', uploadUrl, {
      'upload-defer-length': '1',
      'upload-metadata': Object.entries(metadata)
        .map(([name, value]) => `${name} ${base64(value)}`)
        .join(','),
    });
    const location = response.headers.get('location');
    if (location === null) throw new ApiError(0, 'offline', 'no Location');
    return { url: location, was: !response.ok };
  },

  async standing(url) {
    const response = await send('HEAD', url, {});
    const length = response.headers.get('upload-length');
    return {
      offset: Number(response.headers.get('upload-offset')),
      length: length === null ? null : Number(length),
    };
  },

  async append(url, offset, bytes, length) {
    const response = await send(
      'PATCH',
      url,
      {
        'upload-offset': String(offset),
        'content-type': 'application/offset+octet-stream',
        ...(length === null ? {} : { 'upload-length': String(length) }),
      },
      bytes,
    );
    return Number(response.headers.get('upload-offset'));
  },

  async describe(updateId, recording) {
    const change: Record<string, unknown> = { chapters: recording.chapters };
    if (recording.title !== '') change['title'] = recording.title;
    await api.patch(`/updates/${updateId}`, change);
  },

  async deleteUpdate(updateId) {
    await request('DELETE', `/updates/${updateId}`);
  },
};
