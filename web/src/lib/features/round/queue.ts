// What of a round's playlist is played, and how long that takes.
import type { PlayItem, Round } from './types';

export interface Choice {
  onlyBlockers: boolean;
  onlyUnseen: boolean;
}

/** The items of the playlist that are chosen, in their order. */
export function chosen(round: Round, choice: Choice): PlayItem[] {
  const seen = new Set(round.responses.filter((one) => one.update.my_watch.seen).map((one) => one.update.id));
  return round.playlist.items.filter(
    (item) =>
      (!choice.onlyBlockers || item.reason === 'blocker') &&
      (!choice.onlyUnseen || !seen.has(item.update_id)),
  );
}

/** How long items take at a speed, in milliseconds. Texts wait for their reader. */
export function lengthOf(items: readonly PlayItem[], rate: number): number {
  return items.reduce((sum, item) => sum + item.to_ms - item.from_ms, 0) / rate;
}

/** Items of one update that follow each other, as one entry of the list. */
export function grouped(items: readonly PlayItem[]): { first: number; items: PlayItem[] }[] {
  const groups: { first: number; items: PlayItem[] }[] = [];
  for (const [index, item] of items.entries()) {
    const last = groups.at(-1);
    const before = last?.items[0];
    if (last && before?.update_id === item.update_id && before.reason === item.reason) last.items.push(item);
    else groups.push({ first: index, items: [item] });
  }
  return groups;
}
