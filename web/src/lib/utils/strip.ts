// The day strip: a day of the viewer's, and where everybody's daylight and working hours fall in it.
import { dayOf, minutes, type DayState, type Hours } from './day';
import { clock, clock24, minutesOfDay, place, weekday } from './time';

export interface Who {
  id: string;
  display_name: string;
  time_zone: string;
  working_hours: Hours;
}

export interface StripRow {
  /** Of zone and working hours: one row each. */
  key: string;
  place: string;
  zone: string;
  people: Who[];
  me: boolean;
  time: string;
  state: DayState;
  startsIn: number | null;
  /** How far into their day the strip begins, 0..1. */
  shift: number;
  /** Working hours on the strip, in percent of its width. */
  hours: { from: number; width: number }[];
}

export interface Strip {
  /** Labels of the axis, in percent of its width. */
  axis: { at: number; label: string }[];
  now: number;
  rows: StripRow[];
}

const DAY = 24 * 60;
const MINUTE_MS = 60_000;

function windows(who: Who, start: Date): StripRow['hours'] {
  const local = minutesOfDay(start, who.time_zone);
  const from = minutes(who.working_hours.start);
  const length = (minutes(who.working_hours.end) - from + DAY) % DAY || DAY;
  const found: StripRow['hours'] = [];
  for (const day of [-1, 0, 1]) {
    const begin = day * DAY + from - local;
    const a = Math.max(0, begin);
    const b = Math.min(DAY, begin + length);
    if (b <= a) continue;
    const on = weekday(new Date(start.getTime() + begin * MINUTE_MS), who.time_zone);
    if (!who.working_hours.days.includes(on)) continue;
    found.push({ from: (a / DAY) * 100, width: ((b - a) / DAY) * 100 });
  }
  return found;
}

/** One row a zone and its working hours, the farthest ahead first, with the viewer's own among them. */
export function strip(people: Who[], me: Who, now: Date): Strip {
  const { start, into } = begin(me, now);
  const all = [me, ...people.filter((one) => one.id !== me.id)];
  const together = new Map<string, Who[]>();
  for (const one of all) {
    // Who is in one zone shares a row, unless they work at other hours.
    const { days, start: from, end } = one.working_hours;
    const key = [one.time_zone, ...[...days].sort(), from, end].join(' ');
    const found = together.get(key);
    if (found) found.push(one);
    else together.set(key, [one]);
  }
  const rows = [...together.entries()].map(([key, here]): StripRow => {
    const first = here[0] ?? me;
    const zone = first.time_zone;
    const day = dayOf(now, zone, first.working_hours);
    return {
      key,
      place: place(zone),
      zone,
      people: here,
      me: here.includes(me),
      time: clock(now, zone),
      state: day.state,
      startsIn: day.startsIn,
      shift: minutesOfDay(start, zone) / DAY,
      hours: windows(first, start),
    };
  });
  rows.sort((a, b) => offset(b.zone, now) - offset(a.zone, now));
  const axis = [0, 3, 6, 9, 12, 15, 18, 21, 24].map((hour) => ({
    at: (hour / 24) * 100,
    label: clock24(new Date(start.getTime() + hour * 60 * MINUTE_MS), me.time_zone).slice(0, 2),
  }));
  return { axis, now: (into / DAY) * 100, rows };
}

/** Where the strip of now begins: twelve hours ago, at a full hour of mine; `into`: minutes from there to now. */
export function begin(me: Who, now: Date): { start: Date; into: number } {
  const into = (minutesOfDay(now, me.time_zone) % 60) + 12 * 60;
  return { start: new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS - into * MINUTE_MS), into };
}

/** Minutes east of Greenwich, now. */
export function offset(zone: string, now: Date): number {
  const diff = minutesOfDay(now, zone) - minutesOfDay(now, 'UTC');
  const day = weekdayIndex(now, zone) - weekdayIndex(now, 'UTC');
  const days = day === 0 ? 0 : day === 1 || day === -6 ? 1 : -1;
  return diff + days * DAY;
}

function weekdayIndex(at: Date, zone: string): number {
  return ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'].indexOf(weekday(at, zone));
}
