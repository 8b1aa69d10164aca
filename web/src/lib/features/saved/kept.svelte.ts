// Addresses to come back to (searches, views), kept in this browser: newest first, each once.

import { readKept } from './stored';

const MOST = 20;

export class Kept<T> {
  list = $state.raw<T[]>([]);
  private key: string | null = null;

  /** `name`: of what; `read` takes what `addressOf` gives behind the `?`. */
  constructor(
    private readonly name: string,
    private readonly addressOf: (one: T) => string,
    private readonly read: (params: URLSearchParams) => T,
  ) {}

  /** Takes up what is kept for a place (a workspace, a team). */
  load(place: string): void {
    this.key = `meridian.${this.name}.${place}`;
    this.list = readKept(this.key, this.read);
  }

  has(one: T): boolean {
    return this.list.some((other) => this.addressOf(other) === this.addressOf(one));
  }

  /** Keeps one, newest first, or forgets it. */
  toggle(one: T): void {
    const others = this.list.filter((other) => this.addressOf(other) !== this.addressOf(one));
    this.list = (this.has(one) ? others : [one, ...others]).slice(0, MOST);
    if (this.key === null) return;
    try {
      localStorage.setItem(this.key, JSON.stringify(this.list.map(this.addressOf)));
    } catch {
      // It holds for this visit.
    }
  }
}
