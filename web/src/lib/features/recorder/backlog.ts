// The pieces that the server has not acknowledged: in memory while they are few, in the archive in any case.

import { ApiError } from '$lib/api/errors';
import type { Archive } from './archive';

interface Pending {
  at: number;
  size: number;
  /** Null: to be read from the archive. */
  blob: Blob | null;
  kept: Promise<boolean>;
}

/** Pieces beyond this are read from the archive when their turn comes. */
const MEMORY_BYTES = 16 * 1024 * 1024;

export class Backlog {
  private readonly id: string;
  private readonly archive: Archive;
  private readonly onunkept: () => void;
  private pieces: Pending[] = [];

  constructor(id: string, archive: Archive, onunkept: () => void) {
    this.id = id;
    this.archive = archive;
    this.onunkept = onunkept;
  }

  /** Reads what an earlier visit kept; gives where it begins and ends. */
  async restore(): Promise<{ start: number; end: number }> {
    const found = await this.archive.pieces(this.id);
    this.pieces = found.map((piece) => ({ ...piece, blob: null, kept: Promise.resolve(true) }));
    const [first, last] = [found[0], found[found.length - 1]];
    return { start: first?.at ?? 0, end: last ? last.at + last.size : 0 };
  }

  get isEmpty(): boolean {
    return this.pieces.length === 0;
  }

  add(at: number, blob: Blob): void {
    const kept = this.archive.add(this.id, at, blob).then(
      () => true,
      () => {
        this.onunkept();
        return false;
      },
    );
    const piece: Pending = { at, size: blob.size, blob, kept };
    this.pieces.push(piece);
    if (at + blob.size - (this.pieces[0]?.at ?? at) > MEMORY_BYTES)
      void kept.then((safe) => {
        if (safe) piece.blob = null;
      });
  }

  /** The bytes from `offset` on, about `most` of them, and where they end. What memory holds needs no waiting. */
  async take(offset: number, most: number): Promise<{ bytes: Blob; end: number }> {
    const parts: Blob[] = [];
    let end = offset;
    for (const piece of [...this.pieces]) {
      if (end - offset >= most) break;
      const blob = piece.blob ?? (await this.archive.read(this.id, piece.at));
      if (blob === null) throw new ApiError(410, 'gone', '');
      parts.push(end > piece.at ? blob.slice(end - piece.at) : blob);
      end = piece.at + piece.size;
    }
    return { bytes: new Blob(parts), end };
  }

  /** The server has everything before `offset`: it need not be kept any more. */
  acknowledge(offset: number): void {
    while (this.pieces[0] && this.pieces[0].at + this.pieces[0].size <= offset) {
      const piece = this.pieces.shift();
      if (piece)
        void piece.kept
          .then((kept) => (kept ? this.archive.drop(this.id, piece.at) : undefined))
          .catch(() => undefined);
    }
  }

  /** When everything that was added is kept, or could not be. */
  settled(): Promise<unknown> {
    return Promise.all(this.pieces.map((piece) => piece.kept));
  }
}
