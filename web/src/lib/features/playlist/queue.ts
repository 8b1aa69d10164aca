// What of a list is played, and how long that takes.
import type { Round, CatchUpItem } from '$lib/features/round/types';
import type { Piece } from './types';

export interface Choice {
  onlyBlockers: boolean;
  onlyUnseen: boolean;
}

/** A round's playlist, each piece with the question that it answers. */
export function ofRound(round: Round): Piece[] {
  const parts = new Map(round.responses.map((one) => [one.update.id, one.by_prompt]));
  return round.playlist.items.map((item) => {
    const part = parts
      .get(item.update_id)
      ?.find((slice) => slice.start_ms <= item.from_ms && item.from_ms < slice.end_ms);
    return { ...item, part: part?.prompt_id ?? null };
  });
}

/** The pieces of a round's list that are chosen, in their order. */
export function chosen(round: Round, choice: Choice): Piece[] {
  const seen = new Set(round.responses.filter((one) => one.update.my_watch.seen).map((one) => one.update.id));
  return ofRound(round).filter(
    (item) =>
      (!choice.onlyBlockers || item.reason === 'blocker') &&
      (!choice.onlyUnseen || !seen.has(item.update_id)),
  );
}

/** A queue of updates as a list: what of each is neither silent nor seen. */
export function ofQueue(items: readonly CatchUpItem[]): Piece[] {
  return items.flatMap(({ update_id, parts, reason }): Piece[] =>
    parts.length === 0
      ? [{ update_id, from_ms: 0, to_ms: 0, reason, part: null }]
      : parts.map(([from, to]) => ({ update_id, from_ms: from ?? 0, to_ms: to ?? 0, reason, part: null })),
  );
}

/** How long pieces take at a speed, in milliseconds. Texts wait for their reader. */
export function lengthOf(items: readonly Piece[], rate: number): number {
  return items.reduce((sum, item) => sum + item.to_ms - item.from_ms, 0) / rate;
}

/** How many texts there are to read. */
export function textsIn(items: readonly Piece[]): number {
  return items.filter((item) => item.to_ms === 0).length;
}

/** Pieces of one update that follow each other, as one entry of the list. */
export function grouped(items: readonly Piece[]): { first: number; items: Piece[] }[] {
  const groups: { first: number; items: Piece[] }[] = [];
  for (const [index, item] of items.entries()) {
    const last = groups.at(-1);
    const before = last?.items[0];
    if (last && before?.update_id === item.update_id && before.reason === item.reason) last.items.push(item);
    else groups.push({ first: index, items: [item] });
  }
  return groups;
}

/** Where the next (or the previous) person or part begins; the list's length where there is none. */
export function neighbour(
  items: readonly Piece[],
  index: number,
  step: 1 | -1,
  by: 'person' | 'part',
): number {
  const key = (piece: Piece | undefined): string | undefined =>
    piece && (by === 'person' ? piece.update_id : `${piece.update_id} ${piece.part}`);
  const here = key(items[index]);
  let to = index;
  while (to >= 0 && to < items.length && key(items[to]) === here) to += step;
  if (to < 0) return 0;
  if (step > 0) return to;
  while (to > 0 && key(items[to - 1]) === key(items[to])) to -= 1;
  return to;
}
