// What is marked on the time line: comments and reactions that have a moment.

import type { components } from '$lib/api/schema';
import type { Comment, CommentKind } from '../comments/types';

export type MomentMark =
  | { type: 'comment'; atMs: number; id: string; kind: CommentKind; name: string }
  | { type: 'reaction'; atMs: number; emoji: string; count: number };

export type Reaction = components['schemas']['Reaction'];

/** Marks of roots and reactions; resolved comments are left out, so that what is open stands out. */
export function toMarks(comments: readonly Comment[], reactions: readonly Reaction[]): MomentMark[] {
  const fromComments = comments.flatMap((comment): MomentMark[] =>
    comment.at_ms === null ||
    comment.parent_id !== null ||
    comment.resolved_at !== null ||
    comment.deleted_at !== null
      ? []
      : [
          {
            type: 'comment',
            atMs: comment.at_ms,
            id: comment.id,
            kind: comment.kind,
            name: comment.author.display_name,
          },
        ],
  );
  const fromReactions = reactions.flatMap((reaction): MomentMark[] =>
    reaction.at_ms === null
      ? []
      : [{ type: 'reaction', atMs: reaction.at_ms, emoji: reaction.emoji, count: reaction.count }],
  );
  return [...fromComments, ...fromReactions];
}
