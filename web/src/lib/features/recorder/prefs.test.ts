import { expect, it } from 'vitest';
import { parsePrefs } from './prefs';

it('keeps what fits and forgets what does not', () => {
  const kept = { source: 'voice', camera: 'abc', countdown: false, bubble: { x: 0.25, y: 7 }, live: true };
  expect(parsePrefs(JSON.stringify(kept))).toEqual({
    source: 'voice',
    camera: 'abc',
    microphone: null,
    screenSound: false,
    countdown: false,
    live: false,
    bubble: { x: 0.25, y: 0.8 },
  });
});

it('starts afresh from what cannot be read', () => {
  for (const kept of [null, 'no json', '7', '{"source":"telepathy"}'])
    expect(parsePrefs(kept).source).toBe('both');
});
