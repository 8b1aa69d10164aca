import { render } from 'svelte/server';
import { expect, test } from 'vitest';
import RoundSide from './RoundSide.svelte';
import type { Round } from './types';

/** Of a round, what the side is made of, where nobody is missing and nothing is open. */
const side = (saved: Round['saved']): string => {
  const round = { saved, state: 'closed', expected: [], carried_over: [], decisions: [], open_asks: [] };
  return render(RoundSide, { props: { round: round as unknown as Round, changed: () => undefined } }).body;
};

test('meeting time saved stands with its formula on hover and in words', () => {
  const page = side({ meeting_minutes: 75, watch_minutes: 12, replaced_minutes: 15, people: 5 });
  const title = /title="([^"]*)"/.exec(page)?.[1] ?? '';
  for (const number of ['15', '5', '75', '12']) expect(title).toMatch(new RegExp(`\\b${number}\\b`));
  expect(page).toMatch(/>63 min</);
  expect(page.split(title), 'on hover and as text').toHaveLength(3);
});

test('answers longer than the meeting saved nothing', () => {
  expect(side({ meeting_minutes: 10, watch_minutes: 12, replaced_minutes: 5, people: 2 })).toMatch(/>0 min</);
});

test('a check-in that replaces no meeting tells of no time saved', () => {
  expect(side(null)).not.toContain('h-saved');
});
