import { expect, it } from 'vitest';
import { MOST_STRETCHES, Plays } from './plays.svelte';

/** At normal speed, as long as it takes. */
const play = (plays: Plays, from: number, to: number): void => plays.add(from, to, to - from, 1);

it('joins what goes on and keeps what is played again', () => {
  const plays = new Plays();
  play(plays, 0, 100.4);
  play(plays, 100.4, 4_000);
  // Back, and on over what was played before; then a jump, which is not played.
  play(plays, 2_000, 2_100);
  play(plays, 2_100, 6_000);
  plays.add(6_000, 60_000, 100, 1);
  expect(plays.take()).toEqual([
    [0, 4_000],
    [2_000, 6_000],
  ]);
  expect(plays.take()).toEqual([]);
  expect(plays.seen).toEqual([[0, 6_000]]);
});

it('keeps what could not be told before what came since', () => {
  const plays = new Plays();
  play(plays, 0, 1_000);
  const taken = plays.take();
  play(plays, 5_000, 6_000);
  plays.putBack(taken);
  expect(plays.take()).toEqual([
    [0, 1_000],
    [5_000, 6_000],
  ]);
});

it('tells no more at once than may be told', () => {
  const plays = new Plays();
  for (let at = 0; at < MOST_STRETCHES + 5; at += 1) play(plays, at * 1_000, at * 1_000 + 100);
  expect(plays.take()).toHaveLength(MOST_STRETCHES);
  expect(plays.take()).toHaveLength(5);
});
