// An entry of the inbox in words, and where it leads.
import { answerLink } from '$lib/features/round/links';
import { t } from '$lib/messages';
import { when } from '$lib/utils/time';
import type { Entry } from './types';

/** `Ben`, `Ben and 2 others`. */
export function who(entry: Entry): string {
  const name = entry.actors[0]?.display_name ?? t('inbox.somebody');
  const n = entry.actors.length - 1;
  return n > 0 ? t('inbox.others', { name, n }) : name;
}

/** All of it: `Ben replied on Plan of the week`, `Stand-up waits for your answer until 12:00`. */
export function sentence(entry: Entry, zone: string, now: Date): string {
  const { round } = entry;
  if (round === null) return `${who(entry)} ${what(entry)} ${title(entry)}`;
  const { name } = round;
  if (round.waits) {
    const until = when(round.due_at, zone, null, now);
    if (entry.actors.length > 0) return t('inbox.roundReminds', { who: who(entry), name, until });
    return t('inbox.roundWaits', { name, until });
  }
  return t(round.state === 'waiting' ? 'inbox.roundOver' : 'inbox.roundDone', { name });
}

/** Where an answer to the round is recorded, written or uploaded. */
export function answerAt(
  page: 'record' | 'write' | 'upload',
  round: { id: string; team_id: string },
): string {
  return answerLink(page, { team: round.team_id, round_id: round.id });
}

export function what(entry: Entry): string {
  return t(`inbox.${entry.kind}`, { n: entry.count, people: entry.actors.length });
}

export function title(entry: Entry): string {
  return entry.update?.title || t('inbox.untitled');
}

/** The moment and the comment, where there are any. */
export function href(entry: Entry): string {
  if (entry.round !== null)
    return entry.round.waits ? answerAt('record', entry.round) : `/r/${entry.round.id}`;
  if (entry.update === null) return entry.round_id ? `/r/${entry.round_id}` : '/';
  const at = entry.at_ms === null ? '' : `?t=${Math.floor(entry.at_ms / 1000)}`;
  const hash = entry.comment_id === null ? '' : `#comment-${entry.comment_id}`;
  return `/u/${entry.update.id}${at}${hash}`;
}
