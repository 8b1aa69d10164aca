// The search page's state in its address, so that going back finds the same results.

export interface Query {
  q: string;
  team_id: string;
  author_id: string;
  media_kind: string;
  comment_kind: string;
  after: string;
  before: string;
  in: string;
}

export const KEYS = [
  'q',
  'team_id',
  'author_id',
  'media_kind',
  'comment_kind',
  'after',
  'before',
  'in',
] as const;

export function readQuery(params: URLSearchParams): Query {
  return Object.fromEntries(KEYS.map((key) => [key, params.get(key) ?? ''])) as unknown as Query;
}

/** `/search?q=...` with what is set. */
export function addressOf(query: Query): string {
  const params = new URLSearchParams();
  for (const key of KEYS) if (query[key] !== '') params.set(key, query[key]);
  const text = params.toString();
  return text === '' ? '/search' : `/search?${text}`;
}

/** Whether any filter is set. */
export function filtered(query: Query): boolean {
  return KEYS.some((key) => key !== 'q' && query[key] !== '');
}

/** Whether there is anything to look for. */
export function isEmpty(query: Query): boolean {
  return query.q.trim() === '';
}

/** The link to a hit: at its second, to the tenth, never after it. */
export function hitLink(updateId: string, startMs: number | null, commentId?: string | null): string {
  const at = startMs === null ? '' : `?t=${Math.floor(startMs / 100) / 10}`;
  return `/u/${updateId}${at}${commentId ? `#comment-${commentId}` : ''}`;
}
