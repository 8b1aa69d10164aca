// What one wants to be told, as the API has it.
import type { Kind } from '$lib/features/inbox/types';

export interface ToldSettings {
  kinds: Record<Kind, { inbox: boolean; email: boolean }>;
  digest: boolean;
  quiet_hours: { start: string; end: string } | null;
  quiet_days_off: boolean;
  urgent_in_quiet_hours: boolean;
}

/** In the order of the page. */
export const KINDS: Kind[] = [
  'urgent',
  'backup',
  'ask',
  'direct',
  'talk',
  'mention',
  'reply',
  'answer',
  'round',
  'comment',
];
