// How an update is answered by another one.

import type { Update } from '$lib/api/types';
import type { ReplyTo } from '../recorder/plan';

/** For the same people; null: what nobody else sees yet takes no answer. */
export function replyTo(update: Pick<Update, 'id' | 'publish' | 'audience'>): ReplyTo | null {
  if (update.publish.state !== 'published') return null;
  if (update.audience.kind === 'team') return { updateId: update.id, audience: null };
  const people = update.audience.user_ids;
  return people ? { updateId: update.id, audience: people } : null;
}
