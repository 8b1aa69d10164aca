// An ask in words: where it leads, when it is expected, how long it waits.
import type { Ask } from '$lib/api/types';
import { t } from '$lib/messages';
import { session } from '$lib/session.svelte';
import { span, when } from '$lib/utils/time';

type Expected = Pick<Ask, 'expected_by' | 'resolved_at'>;

/** The moment and the comment. */
export function hrefOf(ask: Pick<Ask, 'id' | 'at_ms' | 'update'>): string {
  const at = ask.at_ms === null ? '' : `?t=${Math.floor(ask.at_ms / 1000)}`;
  return `/u/${ask.update.id}${at}#comment-${ask.id}`;
}

/** When an answer is expected, in my zone; null where nothing is. */
export function expectedWords(ask: Expected, now: Date): { text: string; late: boolean } | null {
  if (ask.expected_by === null || ask.resolved_at !== null) return null;
  const late = new Date(ask.expected_by) < now;
  const time = when(ask.expected_by, session.zone, null, now);
  return { text: t(late ? 'asks.overdue' : 'asks.expected', { time }), late };
}

/** How long it waits, in working time. */
export function ageWords(minutes: number): string {
  return minutes < 1 ? t('asks.ageJustNow') : t('asks.age', { span: span(minutes) });
}
