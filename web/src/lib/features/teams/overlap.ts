// When the people of a team work together, on the day strip and in words.
import type { components } from '$lib/api/schema';
import { t } from '$lib/messages';
import { clock, when } from '$lib/utils/time';

export type Overlap = components['schemas']['Overlap'];
type Span = Overlap['spans'][number];

export interface Piece {
  /** In percent of the strip. */
  from: number;
  width: number;
  /** How many of those who are counted. */
  people: number;
  share: number;
  best: boolean;
  /** For the pointer and for screen readers: `15:00 to 17:00: 4 of 6`. */
  label: string;
}

const DAY_MS = 24 * 3_600_000;

function hours(span: Span, zone: string): { from: string; until: string } {
  return { from: clock(new Date(span.starts_at), zone), until: clock(new Date(span.ends_at), zone) };
}

/** The times of the strip at which two or more work. */
export function pieces(overlap: Overlap, start: Date, zone: string): Piece[] {
  const percent = (iso: string): number => {
    const into = new Date(iso).getTime() - start.getTime();
    return (Math.min(DAY_MS, Math.max(0, into)) / DAY_MS) * 100;
  };
  return overlap.spans
    .map((span): Piece => {
      const people = span.user_ids.length;
      const from = percent(span.starts_at);
      return {
        from,
        width: percent(span.ends_at) - from,
        people,
        share: people / Math.max(1, overlap.people),
        best: people === overlap.best?.user_ids.length,
        label: t('overlap.piece', { ...hours(span, zone), n: people, all: overlap.people }),
      };
    })
    .filter((piece) => piece.width > 0);
}

/** What matters of it: when all, or the most, work; next. */
export function sentence(overlap: Overlap, zone: string, now: Date): string {
  const { best, next, people } = overlap;
  if (people < 2) return t('overlap.alone');
  const known = next ?? best;
  if (known === null) return t('overlap.never', { days: overlap.within_days });
  const n = known.user_ids.length;
  const { until } = hours(known, zone);
  const who = n === people ? t('overlap.all', { n }) : t('overlap.most', { n, all: people });
  if (new Date(known.starts_at) <= now && now < new Date(known.ends_at))
    return t('overlap.now', { who, until });
  return t('overlap.next', { who, from: when(known.starts_at, zone, null, now), until });
}
