import { expect, it } from 'vitest';
import { toTrim, trimProblem } from './trim';

it('trimProblem names what is wrong', () => {
  expect(trimProblem(0, 60_000, 60_000)).toBeNull();
  expect(trimProblem(null, 60_000, 60_000)).toBe('not_a_time');
  expect(trimProblem(5_000, 5_500, 60_000)).toBe('too_short');
  expect(trimProblem(0, 90_000, 60_000)).toBe('beyond_end');
});

it('toTrim keeps the whole as null and never goes beyond the end', () => {
  expect(toTrim(0, 60_999, 60_400)).toBeNull();
  expect(toTrim(2_000, 60_999, 60_400)).toEqual({ start_ms: 2_000, end_ms: 60_400 });
});
