// An entry of the inbox in words, and where it leads.
import { t } from '$lib/messages';
import type { Entry } from './types';

/** `Ben`, `Ben and 2 others`. */
export function who(entry: Entry): string {
  const name = entry.actors[0]?.display_name ?? t('inbox.somebody');
  const n = entry.actors.length - 1;
  return n > 0 ? t('inbox.others', { name, n }) : name;
}

export function what(entry: Entry): string {
  return t(`inbox.${entry.kind}`, { n: entry.count });
}

export function title(entry: Entry): string {
  return entry.update?.title || t('inbox.untitled');
}

/** The moment and the comment, where there are any. */
export function href(entry: Entry): string {
  if (entry.update === null) return entry.round_id ? `/rounds/${entry.round_id}` : '/';
  const at = entry.at_ms === null ? '' : `?t=${Math.floor(entry.at_ms / 1000)}`;
  const hash = entry.comment_id === null ? '' : `#comment-${entry.comment_id}`;
  return `/u/${entry.update.id}${at}${hash}`;
}
