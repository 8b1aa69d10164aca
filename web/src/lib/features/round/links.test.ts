import { expect, it } from 'vitest';
import { answerLink } from './links';

it('keeps what is known of an answer', () => {
  expect(answerLink('upload', { team: null, round_id: null })).toBe('/upload');
  expect(answerLink('write', { team: 't1', round_id: 'r1' })).toBe('/write?team=t1&round_id=r1');
  expect(answerLink('record', { team: 't1', round_id: null, replaces: 'u1' })).toBe(
    '/record?team=t1&replaces=u1',
  );
});
