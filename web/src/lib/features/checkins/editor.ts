// A check-in in the editor's fields, and back.
import type { CheckIn, CheckInTemplate } from '$lib/features/round/types';

export const DAYS = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'] as const;

export interface Fields {
  name: string;
  prompts: string;
  days: string[];
  at: string;
  where: 'member' | 'zone';
  zone: string;
  weeks: string;
  starts: string;
  ends: string;
  window: string;
  remind: string;
  meeting: string;
  /** Longest recording, in minutes. */
  longest: string;
  people: string[];
  isPrivate: boolean;
  /** Whether everybody in the team is expected, else `expected`. */
  everybody: boolean;
  expected: string[];
}

export function empty(zone: string): Fields {
  return {
    name: '',
    prompts: '',
    days: ['mo', 'tu', 'we', 'th', 'fr'],
    at: '09:00',
    where: 'member',
    zone,
    weeks: '1',
    starts: '',
    ends: '',
    window: '180',
    remind: '30',
    meeting: '',
    longest: '',
    people: [],
    isPrivate: false,
    everybody: true,
    expected: [],
  };
}

/** The fields of a check-in, or of a template. */
export function fieldsOf(from: CheckIn | CheckInTemplate, zone: string): Fields {
  const { schedule } = from;
  const prompts = from.prompts.map((prompt) => (typeof prompt === 'string' ? prompt : prompt.text));
  const people = 'private_to' in from ? (from.private_to ?? []) : [];
  const expected = 'expected' in from ? (from.expected ?? null) : null;
  const meeting = 'replaces_meeting_minutes' in from ? from.replaces_meeting_minutes : null;
  const longest = 'max_duration_ms' in from ? (from.max_duration_ms ?? null) : null;
  return {
    name: from.name,
    prompts: prompts.join('\n'),
    days: [...schedule.days],
    at: schedule.at,
    where: schedule.zone === 'member' ? 'member' : 'zone',
    zone: schedule.zone === 'member' ? zone : schedule.zone,
    weeks: String(schedule.every_weeks),
    starts: schedule.starts_on ?? '',
    ends: schedule.ends_on ?? '',
    window: String(from.open_for_minutes),
    remind: from.remind_before_minutes.join(', '),
    meeting: meeting === null || meeting === undefined ? '' : String(meeting),
    longest: longest === null ? '' : String(longest / 60_000),
    people,
    isPrivate: 'private' in from ? from.private : people.length > 0,
    everybody: expected === null,
    expected: expected ?? [],
  };
}

/** Fields of numbers give numbers once they were typed into, and null when they are emptied. */
const number = (typed: string | number | null | undefined): number | null => {
  const text = String(typed ?? '').trim();
  return text === '' ? null : Number(text);
};

const milliseconds = (minutes: string): number | null => {
  const typed = number(minutes);
  return typed === null ? null : Math.round(typed * 60_000);
};

/** What is sent. */
export function bodyOf(fields: Fields): Record<string, unknown> {
  return {
    name: fields.name,
    prompts: fields.prompts
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
    schedule: {
      days: DAYS.filter((day) => fields.days.includes(day)),
      at: fields.at,
      zone: fields.where === 'member' ? 'member' : fields.zone,
      every_weeks: number(fields.weeks) ?? 1,
      starts_on: fields.starts || null,
      ends_on: fields.ends || null,
    },
    open_for_minutes: number(fields.window) ?? 0,
    remind_before_minutes: fields.remind
      .split(/[\s,]+/)
      .filter((part) => part !== '')
      .map(Number),
    replaces_meeting_minutes: number(fields.meeting),
    max_duration_ms: milliseconds(fields.longest),
    ...(fields.isPrivate
      ? { private_to: fields.people }
      : { expected: fields.everybody ? null : fields.expected }),
  };
}

/** What the next openings are asked with; null while the times cannot be read. Name and questions do not matter. */
export function previewOf(fields: Fields): Record<string, unknown> | null {
  const readable =
    fields.days.length > 0 &&
    /^\d\d:\d\d/.test(fields.at) &&
    Number(fields.window) >= 1 &&
    Number(fields.weeks || 1) >= 1 &&
    (fields.isPrivate ? fields.people.length > 0 : fields.everybody || fields.expected.length > 0);
  return readable ? { ...bodyOf(fields), name: '-', prompts: ['-'], remind_before_minutes: [] } : null;
}
