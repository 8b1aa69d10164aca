// Uploads that a closed page left behind: the browser remembers where each goes, not the file itself.

import { defaultOptions, type PreviousUpload } from 'tus-js-client';

const PREFIX = 'meridian';

interface FileLike {
  name: string;
  size: number;
  lastModified: number;
}

/** The same file for the same team is the same upload, whenever it is picked. */
export function fingerprintOf(file: FileLike, teamId: string): string {
  return [PREFIX, teamId, encodeURIComponent(file.name), file.size, file.lastModified].join('-');
}

export interface Unfinished {
  key: string;
  updateId: string;
  filename: string;
  size: number;
  createdAt: string;
}

/** What the storage holds of ours, newest first. */
export function toUnfinished(uploads: readonly PreviousUpload[]): Unfinished[] {
  return uploads
    .filter((upload) => upload.urlStorageKey.startsWith(`tus::${PREFIX}-`) && upload.uploadUrl !== null)
    .map((upload) => ({
      key: upload.urlStorageKey,
      updateId: upload.metadata['update_id'] ?? '',
      filename: upload.metadata['filename'] ?? '',
      size: upload.size ?? 0,
      createdAt: upload.creationTime,
    }))
    .filter((upload) => upload.updateId !== '')
    .sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
}

export async function findUnfinished(): Promise<Unfinished[]> {
  return toUnfinished(await defaultOptions.urlStorage.findAllUploads());
}

/** The upload that this file would go on with. */
export async function findPrevious(file: FileLike, teamId: string): Promise<PreviousUpload | null> {
  const found = await defaultOptions.urlStorage.findUploadsByFingerprint(fingerprintOf(file, teamId));
  return (
    found.find((upload) => upload.uploadUrl !== null && (upload.metadata['update_id'] ?? '') !== '') ?? null
  );
}

export function forget(key: string): Promise<void> {
  return defaultOptions.urlStorage.removeUpload(key);
}

/** An address on this origin in full, as tus wants its endpoint. */
export function absolute(path: string): string {
  return new URL(path, location.href).href;
}
