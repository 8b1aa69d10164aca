// Lists in pages.
import { api, type Options } from './client';
import type { Page } from './types';

/** Every item of a list, page by page. For lists that are short by nature (teams, members). */
export async function everything<T>(path: string, query: Options['query'] = {}): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await api.page<T>(path, { query: { ...query, limit: 100, cursor } });
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return items;
}
