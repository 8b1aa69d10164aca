// The update and its people, as the client gives them.

import type { Update } from '$lib/api/types';

export type { Person, Team, TeamMember, Update } from '$lib/api/types';

/** What the player needs of an update. */
export type Shown = Pick<
  Update,
  | 'id'
  | 'team_id'
  | 'author'
  | 'kind'
  | 'title'
  | 'status'
  | 'live'
  | 'media'
  | 'duration_ms'
  | 'trim'
  | 'silence_map'
  | 'chapters'
  | 'transcript'
  | 'progress'
  | 'failure'
>;
