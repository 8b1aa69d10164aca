// What was recorded and not yet acknowledged, in IndexedDB: it outlives the tab and the browser.

import { ARCHIVE } from './kept.svelte';
import type { ReplyTo } from './plan';
import type { Chapter } from './types';

/** One recording. */
export interface Recording {
  id: string;
  userId: string;
  teamId: string;
  title: string;
  kind: 'video' | 'voice';
  publish: 'draft' | 'now';
  filename: string;
  mimeType: string;
  roundId: string | null;
  /** The draft that this take is made instead of; it goes once this one has arrived. */
  replaces: string | null;
  /** The update that it answers; what was kept before there were answers has none. */
  replyTo?: ReplyTo | null;
  /** Counts the drafts that were made for it (see `Sender`). */
  tries: number;
  updateId: string | null;
  /** Where the upload is. */
  uploadUrl: string | null;
  chapters: Chapter[];
  /** Title or chapters have changed since the server was told. */
  dirty: boolean;
  createdAt: string;
  durationMs: number;
  ended: boolean;
}

/** A piece of a recording: where it starts, and its length in bytes. */
export interface Piece {
  at: number;
  size: number;
}

export interface Archive {
  save: (recording: Recording) => Promise<void>;
  list: () => Promise<Recording[]>;
  add: (id: string, at: number, bytes: Blob) => Promise<void>;
  /** The pieces that are kept, in their order. */
  pieces: (id: string) => Promise<Piece[]>;
  read: (id: string, at: number) => Promise<Blob | null>;
  drop: (id: string, at: number) => Promise<void>;
  /** Forgets the recording and all its pieces. */
  remove: (id: string) => Promise<void>;
}

interface StoredPiece {
  id: string;
  at: number;
  size: number;
  bytes: ArrayBuffer;
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(ARCHIVE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('recordings', { keyPath: 'id' });
      request.result.createObjectStore('pieces', { keyPath: ['id', 'at'] });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('the archive is blocked'));
  });
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}

const all = (id: string): IDBKeyRange => IDBKeyRange.bound([id, -1], [id, Infinity]);

class BrowserArchive implements Archive {
  private opening: Promise<IDBDatabase> | null = null;

  private database(): Promise<IDBDatabase> {
    this.opening ??= open().catch((error: unknown) => {
      this.opening = null;
      throw error;
    });
    return this.opening;
  }

  private async write(stores: string[], work: (transaction: IDBTransaction) => void): Promise<void> {
    const transaction = (await this.database()).transaction(stores, 'readwrite');
    const done = committed(transaction);
    work(transaction);
    await done;
  }

  save(recording: Recording): Promise<void> {
    // A plain copy: reactive proxies cannot be stored.
    const copy = JSON.parse(JSON.stringify(recording)) as Recording;
    return this.write(['recordings'], (transaction) => transaction.objectStore('recordings').put(copy));
  }

  async list(): Promise<Recording[]> {
    const transaction = (await this.database()).transaction('recordings');
    return settled(transaction.objectStore('recordings').getAll() as IDBRequest<Recording[]>);
  }

  async add(id: string, at: number, blob: Blob): Promise<void> {
    const piece: StoredPiece = { id, at, size: blob.size, bytes: await blob.arrayBuffer() };
    await this.write(['pieces'], (transaction) => transaction.objectStore('pieces').put(piece));
  }

  async pieces(id: string): Promise<Piece[]> {
    const store = (await this.database()).transaction('pieces').objectStore('pieces');
    const found: Piece[] = [];
    return new Promise((resolve, reject) => {
      const request = store.openCursor(all(id));
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const cursor = request.result;
        if (cursor === null) return resolve(found);
        const { at, size } = cursor.value as StoredPiece;
        found.push({ at, size });
        cursor.continue();
      };
    });
  }

  async read(id: string, at: number): Promise<Blob | null> {
    const store = (await this.database()).transaction('pieces').objectStore('pieces');
    const piece = await settled(store.get([id, at]) as IDBRequest<StoredPiece | undefined>);
    return piece === undefined ? null : new Blob([piece.bytes]);
  }

  drop(id: string, at: number): Promise<void> {
    return this.write(['pieces'], (transaction) => transaction.objectStore('pieces').delete([id, at]));
  }

  remove(id: string): Promise<void> {
    return this.write(['recordings', 'pieces'], (transaction) => {
      transaction.objectStore('recordings').delete(id);
      transaction.objectStore('pieces').delete(all(id));
    });
  }
}

export const archive: Archive = new BrowserArchive();
