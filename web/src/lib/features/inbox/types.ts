// The inbox's shapes.
import type { Person } from '$lib/api/types';

export type Kind =
  'comment' | 'round' | 'reply' | 'answer' | 'mention' | 'talk' | 'direct' | 'ask' | 'backup' | 'urgent';

export interface Entry {
  id: string;
  workspace_id: string;
  kind: Kind;
  update: { id: string; team_id: string; title: string; kind: 'video' | 'voice' | 'text' } | null;
  comment_id: string | null;
  at_ms: number | null;
  round_id: string | null;
  /** The round, where the entry is about one's own answer to it. */
  round: {
    id: string;
    team_id: string;
    name: string;
    date: string;
    due_at: string;
    state: 'waiting' | 'answered' | 'late' | 'excused' | 'away';
    waits: boolean;
  } | null;
  actors: Person[];
  count: number;
  excerpt: string | null;
  at: string;
  read_at: string | null;
}

export interface InboxPage {
  items: Entry[];
  next_cursor: string | null;
  unread: number;
}
