// The update and its people, as the client gives them.

export type { Person, Team, TeamMember, Update } from '$lib/api/types';
