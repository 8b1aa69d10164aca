// What of a team's updates is shown, in the page's address, so that going back finds the same.

export interface View {
  author_id: string;
  media_kind: string;
  status: string;
}

const KEYS = ['author_id', 'media_kind', 'status'] as const;
export const PLAIN: View = { author_id: '', media_kind: '', status: '' };

export function readView(params: URLSearchParams): View {
  return Object.fromEntries(KEYS.map((key) => [key, params.get(key) ?? ''])) as unknown as View;
}

/** The address of a view of a team's updates. */
export function viewAddress(teamId: string, view: View): string {
  const params = new URLSearchParams();
  for (const key of KEYS) if (view[key] !== '') params.set(key, view[key]);
  const text = params.toString();
  return text === '' ? `/t/${teamId}` : `/t/${teamId}?${text}`;
}

/** Everything is shown. */
export function isPlain(view: View): boolean {
  return KEYS.every((key) => view[key] === '');
}
