import { expect, it } from 'vitest';
import type { CheckIn } from '$lib/features/round/types';
import { bodyOf, empty, fieldsOf, previewOf } from './editor';

it('sends what was typed', () => {
  const fields = {
    ...empty('Europe/Berlin'),
    name: 'Stand-up',
    prompts: ' Done? \n\nNext?',
    remind: '60, 30',
  };
  expect(bodyOf(fields)).toEqual({
    name: 'Stand-up',
    prompts: ['Done?', 'Next?'],
    schedule: {
      days: ['mo', 'tu', 'we', 'th', 'fr'],
      at: '09:00',
      zone: 'member',
      every_weeks: 1,
      starts_on: null,
      ends_on: null,
    },
    open_for_minutes: 180,
    remind_before_minutes: [60, 30],
    replaces_meeting_minutes: null,
    max_duration_ms: null,
    expected: null,
  });
});

it('shows a check-in and sends it unchanged', () => {
  const checkIn = {
    name: '1-on-1',
    prompts: [{ id: 'p1', text: 'How are you?' }],
    schedule: {
      days: ['mo'],
      at: '10:00',
      zone: 'Asia/Kolkata',
      every_weeks: 2,
      starts_on: '2026-11-02',
      ends_on: null,
    },
    open_for_minutes: 480,
    remind_before_minutes: [120],
    private_to: ['a', 'b'],
    replaces_meeting_minutes: 30,
    max_duration_ms: 90_000,
  } as unknown as CheckIn;
  const sent = bodyOf(fieldsOf(checkIn, 'UTC'));
  expect(sent).toMatchObject({
    prompts: ['How are you?'],
    schedule: { zone: 'Asia/Kolkata', every_weeks: 2, starts_on: '2026-11-02' },
    private_to: ['a', 'b'],
    replaces_meeting_minutes: 30,
    max_duration_ms: 90_000,
  });
});

it('takes numbers as their fields give them', () => {
  const fields = { ...empty('UTC'), window: 90 as unknown as string, meeting: null as unknown as string };
  expect(bodyOf(fields)).toMatchObject({ open_for_minutes: 90, replaces_meeting_minutes: null });
});

it('asks for openings as soon as the times can be read', () => {
  const fields = empty('UTC');
  expect(previewOf(fields)).toMatchObject({ name: '-', schedule: { at: '09:00' } });
  expect(previewOf({ ...fields, days: [] })).toBeNull();
  expect(previewOf({ ...fields, everybody: false })).toBeNull();
});
