// A list that is read page by page, and again when something changed.
import { api, type Options } from '$lib/api/client';

function has(items: { id: string }[], id: string): boolean {
  return items.some((item) => item.id === id);
}

export class Pager<T extends { id: string }> {
  items = $state.raw<T[]>([]);
  /** The first page is there (or failed). */
  ready = $state(false);
  busy = $state(false);
  error = $state.raw<unknown>(null);
  private cursor = $state<string | null>(null);
  private generation = 0;
  readonly more = $derived(this.cursor !== null);

  constructor(
    private readonly path: string,
    private readonly query: Options['query'] = {},
  ) {}

  /** The first page; what was shown stays until it is there. */
  async load(): Promise<void> {
    const generation = ++this.generation;
    try {
      const page = await api.page<T>(this.path, { query: this.query });
      if (generation !== this.generation) return;
      // Of a longer list that is shown, what comes after the first page stays.
      const oldest = page.items.at(-1);
      const rest = this.items.length > page.items.length && oldest ? this.after(oldest.id) : null;
      if (rest === null || page.next_cursor === null) {
        this.items = page.items;
        this.cursor = page.next_cursor;
      } else {
        this.items = [...page.items, ...rest.filter((item) => !has(page.items, item.id))];
      }
      this.error = null;
    } catch (error) {
      if (generation !== this.generation) return;
      this.error = error;
    }
    this.ready = true;
  }

  private after(id: string): T[] | null {
    const index = this.items.findIndex((item) => item.id === id);
    return index < 0 ? null : this.items.slice(index + 1);
  }

  /** The next page. */
  async next(): Promise<void> {
    if (this.cursor === null || this.busy) return;
    this.busy = true;
    const generation = this.generation;
    try {
      const page = await api.page<T>(this.path, { query: { ...this.query, cursor: this.cursor } });
      if (generation === this.generation) {
        const known = this.items;
        this.items = [...known, ...page.items.filter((item) => !has(known, item.id))];
        this.cursor = page.next_cursor;
      }
    } catch (error) {
      this.error = error;
    }
    this.busy = false;
  }

  /** Takes an entry out; what is returned puts it back behind the one that it followed. */
  take(id: string): () => void {
    const at = this.items.findIndex((item) => item.id === id);
    const [taken, before] = [this.items[at], this.items[at - 1]];
    this.items = this.items.filter((item) => item.id !== id);
    return () => {
      if (taken === undefined || has(this.items, id)) return;
      const to = before === undefined ? 0 : this.items.findIndex((item) => item.id === before.id) + 1;
      this.items = [...this.items.slice(0, to), taken, ...this.items.slice(to)];
    };
  }
}
