// Searches to come back to, kept in this browser for each workspace.
import { addressOf, KEYS, readQuery, type Query } from './query';

const MOST = 20;

export class SavedSearches {
  list = $state.raw<Query[]>([]);
  private key: string | null = null;

  load(workspaceId: string): void {
    this.key = `meridian.searches.${workspaceId}`;
    this.list = read(this.key);
  }

  has(query: Query): boolean {
    return this.list.some((one) => addressOf(one) === addressOf(query));
  }

  /** Keeps a search, newest first, or forgets it. */
  toggle(query: Query): void {
    const others = this.list.filter((one) => addressOf(one) !== addressOf(query));
    this.list = (this.has(query) ? others : [query, ...others]).slice(0, MOST);
    if (this.key === null) return;
    try {
      localStorage.setItem(this.key, JSON.stringify(this.list.map(addressOf)));
    } catch {
      // It holds for this visit.
    }
  }
}

/** How many filters a search has. */
export function filtersIn(query: Query): number {
  return KEYS.filter((key) => key !== 'q' && query[key] !== '').length;
}

function read(key: string): Query[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    if (!Array.isArray(found)) return [];
    return found
      .filter((one) => typeof one === 'string')
      .map((address) => readQuery(new URLSearchParams(address.split('?')[1] ?? '')));
  } catch {
    return [];
  }
}
