// Instants in people's zones: always the viewer's clock, with the sender's beside it where it differs. Intl only.
import { t } from '$lib/messages';
import { locale } from '$lib/messages/locale';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions, language = locale()): Intl.DateTimeFormat {
  const key = `${language} ${zone} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    try {
      found = new Intl.DateTimeFormat(language, { ...options, timeZone: zone });
    } catch {
      found = new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' });
    }
    formats.set(key, found);
  }
  return found;
}

/** English wants no comma between weekday and day; others keep theirs. */
function plainly(text: string): string {
  return english() ? text.replace(',', '') : text;
}

const english = (): boolean => locale().startsWith('en');

// Some browsers still know places by names that the time zone database has replaced.
const RENAMED: Record<string, string> = {
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Europe/Kiev': 'Europe/Kyiv',
  'America/Godthab': 'America/Nuuk',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
};

function modern(zone: string): string {
  return RENAMED[zone] ?? zone;
}

/** The zone of this browser. */
export function browserZone(): string {
  return modern(Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC');
}

/** Every zone that can be chosen; `also` is among them even if this browser does not know it. */
export function zones(also: string): string[] {
  return [...new Set([...Intl.supportedValuesOf('timeZone').map(modern), 'UTC', also])].sort();
}

/** The place in a zone's name: `America/Sao_Paulo` -> `Sao Paulo`. */
export function place(zone: string): string {
  const name = modern(zone);
  return (name.split('/').at(-1) ?? name).replaceAll('_', ' ');
}

/** `09:05`, as a day is reckoned with. */
export function clock24(at: Date, zone: string): string {
  return format(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

/** Whether this browser's language tells the hours twice from one to twelve. */
const twelve =
  typeof document !== 'undefined' &&
  new Intl.DateTimeFormat(undefined, { hour: 'numeric' }).resolvedOptions().hour12 === true;

/** `09:05`; where the browser's language has it so, `9:05 am`. */
export function clock(at: Date, zone: string): string {
  if (!twelve || !english()) return clock24(at, zone);
  return format(zone, { hour: 'numeric', minute: '2-digit', hour12: true }).format(at);
}

/** The calendar day in a zone: `2026-11-18`. */
export function isoDay(at: Date, zone: string): string {
  const parts = Object.fromEntries(
    format(zone, { year: 'numeric', month: '2-digit', day: '2-digit' })
      .formatToParts(at)
      .map((part) => [part.type, part.value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/** `Wednesday 18 November`. */
export function longDay(at: Date, zone: string): string {
  return plainly(format(zone, { weekday: 'long', day: 'numeric', month: 'long' }).format(at));
}

/** `18 November 2026`. */
export function date(at: Date, zone: string): string {
  return format(zone, { day: 'numeric', month: 'long', year: 'numeric' }).format(at);
}

/** `Wed 25 Nov`, of a calendar date such as `2026-11-25`. */
export function shortDate(iso: string): string {
  const shown = format('UTC', { weekday: 'short', day: 'numeric', month: 'short' });
  return plainly(shown.format(new Date(`${iso}T00:00Z`)));
}

/** Minutes since midnight in a zone. */
export function minutesOfDay(at: Date, zone: string): number {
  const [hours, minutes] = clock24(at, zone).split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

const DAYS = { Mon: 'mo', Tue: 'tu', Wed: 'we', Thu: 'th', Fri: 'fr', Sat: 'sa', Sun: 'su' } as const;

/** The day of the week in a zone, as the API writes it: `mo` .. `su`. */
export function weekday(at: Date, zone: string): string {
  return DAYS[format(zone, { weekday: 'short' }, 'en-GB').format(at) as keyof typeof DAYS] ?? 'mo';
}

/**
 * When something happened: `04:44` today, `yesterday 21:20`, `Fri 13 Nov 09:00` or with the year; the sender's clock
 * beside it where it shows another time (`04:44, 09:14 in Kolkata`).
 */
export function when(iso: string, viewer: string, sender: string | null, now: Date): string {
  const at = new Date(iso);
  const here = clock(at, viewer);
  const day = isoDay(at, viewer);
  let text: string;
  if (day === isoDay(now, viewer)) text = here;
  else if (day === isoDay(new Date(now.getTime() - DAY_MS), viewer))
    text = t('time.yesterday', { time: here });
  else {
    const sameYear = day.slice(0, 4) === isoDay(now, viewer).slice(0, 4);
    const shown = format(viewer, {
      weekday: sameYear ? 'short' : undefined,
      day: 'numeric',
      month: 'short',
      year: sameYear ? undefined : 'numeric',
    }).format(at);
    text = `${plainly(shown)} ${here}`;
  }
  if (sender === null) return text;
  const there = clock(at, sender);
  return there === here ? text : t('time.beside', { time: text, there, place: place(sender) });
}

const relatives = new Map<string, Intl.RelativeTimeFormat>();

function ago(count: number, unit: Intl.RelativeTimeFormatUnit): string {
  const made = relatives.get(locale()) ?? new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  relatives.set(locale(), made);
  return made.format(count, unit);
}

/** `5 minutes ago`, `in 2 days`. */
export function age(iso: string, now: Date): string {
  const ms = new Date(iso).getTime() - now.getTime();
  const size = Math.abs(ms);
  if (size < MINUTE_MS) return t('time.now');
  if (size < HOUR_MS) return ago(Math.trunc(ms / MINUTE_MS), 'minute');
  if (size < DAY_MS) return ago(Math.trunc(ms / HOUR_MS), 'hour');
  if (size < 60 * DAY_MS) return ago(Math.trunc(ms / DAY_MS), 'day');
  return ago(Math.trunc(ms / (30.44 * DAY_MS)), 'month');
}

/** A length: `4:58`, `1:02:03`. */
export function length(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = String(total % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** A length in words, to the second: `45 s`, `8 min 12 s`, `1 h 2 min`. */
export function lengthWords(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = total % 60;
  if (hours > 0) return span(hours * 60 + minutes + Math.round(seconds / 60));
  if (minutes === 0) return t('time.seconds', { seconds });
  return seconds === 0 ? t('time.minutes', { minutes }) : t('time.minutesSeconds', { minutes, seconds });
}

/** A span in words: `45 min`, `3 h 48 min`. */
export function span(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = Math.round(minutes % 60);
  if (hours === 0) return t('time.minutes', { minutes: rest });
  return rest === 0 ? t('time.hours', { hours }) : t('time.hoursMinutes', { hours, minutes: rest });
}
