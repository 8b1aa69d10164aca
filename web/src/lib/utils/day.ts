// Where somebody's day is: in working hours, awake or asleep.
import { minutesOfDay, weekday } from './time';

export interface Hours {
  days: string[];
  start: string;
  end: string;
}

export type DayState = 'day' | 'edge' | 'night';

/** `09:30` -> 570. */
export function minutes(text: string): number {
  const [hours, rest] = text.split(':').map(Number);
  return (hours || 0) * 60 + (rest || 0);
}

const DAY = 24 * 60;
/** Taken as asleep between these, when working hours do not say otherwise. */
const BED = 22 * 60;
const RISE = 6 * 60;

/** Minutes from one time of the day to another, over midnight if need be. */
function ahead(from: number, to: number): number {
  return (to - from + DAY) % DAY;
}

/**
 * In working hours, awake or asleep; `left`: what is left of the working day in percent; `startsIn`: minutes until
 * the working hours begin (0 within them; null on a day off).
 */
export function dayOf(
  at: Date,
  zone: string,
  hours: Hours,
): { state: DayState; left: number; startsIn: number | null } {
  const now = minutesOfDay(at, zone);
  const start = minutes(hours.start);
  const end = minutes(hours.end);
  const whole = ahead(start, end) || DAY;
  const into = ahead(start, now);
  const today = hours.days.includes(weekday(at, zone));
  if (today && into < whole) return { state: 'day', left: Math.round((1 - into / whole) * 100), startsIn: 0 };
  const asleep = now >= BED || now < RISE;
  return { state: asleep ? 'night' : 'edge', left: 0, startsIn: today && now < start ? start - now : null };
}
