import { describe, expect, it } from 'vitest';
import { playingTime, skippable, skipTarget } from './silence';

describe('skippable', () => {
  it('keeps a rest at both sides and leaves short pauses', () => {
    expect(
      skippable(
        [
          [1_000, 3_000],
          [4_000, 4_500],
        ],
        10_000,
      ),
    ).toEqual([[1_150, 2_850]]);
  });
  it('jumps over the whole of a silent start and end', () => {
    expect(
      skippable(
        [
          [0, 2_000],
          [8_000, 10_000],
        ],
        10_000,
      ),
    ).toEqual([
      [0, 1_850],
      [8_150, 10_000],
    ]);
  });
});

describe('skipTarget', () => {
  const spans = skippable(
    [
      [1_000, 3_000],
      [5_000, 7_000],
    ],
    10_000,
  );
  it('jumps only from inside', () => {
    expect(skipTarget(spans, 500)).toBeNull();
    expect(skipTarget(spans, 1_200)).toBe(2_850);
    expect(skipTarget(spans, 4_000)).toBeNull();
    expect(skipTarget(spans, 6_000)).toBe(6_850);
    expect(skipTarget(spans, 9_000)).toBeNull();
  });
  it('does not jump again where it landed', () => expect(skipTarget(spans, 2_850)).toBeNull());
});

it('playingTime counts at the speed', () => {
  const spans = skippable([[1_000, 3_300]], 10_000);
  const time = playingTime(10_000, spans, 2);
  expect(time.withSilence).toBe(5_000);
  expect(time.saved).toBe(1_000);
  expect(time.withoutSilence).toBe(4_000);
});
