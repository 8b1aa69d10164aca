// What the watch page asks of the server, bound to one update.

import { request, api } from '$lib/api/client';
import { ApiError } from '$lib/api/errors';
import { everything } from '$lib/api/lists';
import type { CommentsApi } from '../comments/comments.svelte';
import type { Comment, CommentVersion, Talk } from '../comments/types';
import type { Reaction } from '../player/moments';
import type { TranscriptApi } from '../transcript/transcript.svelte';
import type { ExportFormat, Segment, TranscriptData } from '../transcript/types';

export function commentsApi(updateId: string): CommentsApi {
  const reaction = (emoji: string): string => `/updates/${updateId}/reactions/${encodeURIComponent(emoji)}`;
  return {
    list: () => everything<Comment>(`/updates/${updateId}/comments`),
    create: (comment) => api.post<Comment>(`/updates/${updateId}/comments`, comment),
    edit: async (id, change) => (await api.patch<Comment>(`/comments/${id}`, change)).data,
    remove: (id) => api.delete(`/comments/${id}`),
    resolve: (id) => api.post<Comment>(`/comments/${id}/resolve`),
    reopen: (id) => api.post<Comment>(`/comments/${id}/reopen`),
    acknowledge: (id) => api.post<Comment>(`/comments/${id}/acknowledge`),
    accept: async (id, answer_id) => (await api.patch<Comment>(`/comments/${id}`, { answer_id })).data,
    talk: (id) => api.get<Talk>(`/comments/${id}/talk`),
    openTalk: (id) => api.post<Talk>(`/comments/${id}/talk`),
    closeTalk: (id, outcome) => api.post<Comment>(`/comments/${id}/talk/close`, { outcome }),
    history: async (id) => (await api.get<{ items: CommentVersion[] }>(`/comments/${id}/history`)).items,
    reactions: async () => (await api.get<{ items: Reaction[] }>(`/updates/${updateId}/reactions`)).items,
    react: (emoji, atMs) => api.put(reaction(emoji), undefined, { query: { at_ms: atMs } }),
    unreact: (emoji, atMs) => api.delete(reaction(emoji), { query: { at_ms: atMs } }),
  };
}

/** Hands a file to the browser's downloads. */
function save(blob: Blob, filename: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function transcriptApi(updateId: string, title: () => string): TranscriptApi {
  return {
    load: async () => {
      try {
        return await api.load<TranscriptData>(`/updates/${updateId}/transcript`, {
          query: { partial: true },
        });
      } catch (error) {
        if (error instanceof ApiError && (error.status === 409 || error.status === 404)) return null;
        throw error;
      }
    },
    edit: async (segmentId, text, etag) => {
      const path = `/transcript/segments/${segmentId}`;
      const answer = await api.patch<Segment>(path, { text }, { ifMatch: etag });
      return { etag: answer.etag, segment: answer.data };
    },
    regenerate: async (language) => {
      await api.post(`/updates/${updateId}/transcript/regenerate`, language === null ? {} : { language });
    },
    settle: async (id, keep) => {
      await api.post(`/transcript/suggestions/${id}/${keep ? 'accept' : 'dismiss'}`);
    },
    download: async (format: ExportFormat) => {
      const answer = await request('GET', `/updates/${updateId}/transcript.${format}`, {
        headers: { accept: '*/*' },
      });
      const name =
        title()
          .replace(/[\\/:*?"<>|]+/g, ' ')
          .trim() || 'transcript';
      save(await answer.blob(), `${name}.${format}`);
    },
  };
}
