// When something happened, in the reader's zone, with the sender's wall clock beside it where it differs.

import { t } from '$lib/messages';

/** The place in a zone's name: `America/Sao_Paulo` -> `Sao Paulo`. */
export function placeOf(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replace(/_/g, ' ');
}

function clock(instant: Date, zone: string | undefined): string {
  return new Intl.DateTimeFormat(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  }).format(instant);
}

function day(instant: Date, zone: string | undefined): string {
  return new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', timeZone: zone }).format(instant);
}

/** `"09:14"` for today, `"18 Nov, 09:14"` else; with `", 12:44 in Kolkata"` where the sender's clock differs. */
export function whenWords(
  iso: string,
  senderZone: string | null,
  now: Date = new Date(),
  viewerZone?: string,
): string {
  const instant = new Date(iso);
  if (Number.isNaN(instant.getTime())) return '';
  const here = clock(instant, viewerZone);
  const date = new Intl.DateTimeFormat(undefined, {
    day: 'numeric',
    month: 'short',
    timeZone: viewerZone,
  }).format(instant);
  const mine = day(instant, viewerZone) === day(now, viewerZone) ? here : `${date}, ${here}`;
  if (senderZone === null) return mine;
  try {
    const there = clock(instant, senderZone);
    return there === here ? mine : t('watch.timeThere', { time: mine, there, place: placeOf(senderZone) });
  } catch {
    return mine;
  }
}
