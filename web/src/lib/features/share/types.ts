// Share links and what their guests see, as the server gives them.
import type { components } from '$lib/api/schema';
import type { Shown } from '../watch/types';

export type ShareLink = components['schemas']['ShareLink'];
export type Shared = components['schemas']['SharedUpdate'];
export type SharedComment = components['schemas']['SharedComment'];

/** What is shared, as the player wants it: guests know of no team and no job. */
export function toShown(shared: Shared): Shown {
  return {
    ...shared,
    id: '',
    team_id: '',
    author: { id: '', display_name: shared.author_name, time_zone: 'UTC' },
    progress: { phase: '', percent: 0 },
    failure: null,
  };
}
