// Reactions while the server is being asked.

import type { Reaction } from '../player/moments';

const same = (reaction: Reaction, emoji: string, atMs: number | null): boolean =>
  reaction.emoji === emoji && reaction.at_ms === atMs;

/** Whether I have reacted so at this moment. */
export const isMine = (list: readonly Reaction[], emoji: string, atMs: number | null): boolean =>
  list.some((reaction) => same(reaction, emoji, atMs) && reaction.mine);

/** Adds my reaction at a moment, or takes it back. */
export function toggled(list: readonly Reaction[], emoji: string, atMs: number | null): Reaction[] {
  if (!list.some((reaction) => same(reaction, emoji, atMs)))
    return [...list, { emoji, at_ms: atMs, count: 1, mine: true }];
  const mine = isMine(list, emoji, atMs);
  return list
    .map((reaction) =>
      same(reaction, emoji, atMs)
        ? { ...reaction, count: reaction.count + (mine ? -1 : 1), mine: !mine }
        : reaction,
    )
    .filter((reaction) => reaction.count > 0);
}
