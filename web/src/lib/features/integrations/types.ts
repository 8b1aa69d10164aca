// Webhooks and feeds as the API has them.
export type Format = 'standard' | 'slack' | 'teams' | 'discord' | 'mattermost';
export type SendState = 'queued' | 'sending' | 'sent' | 'skipped' | 'dead';

export interface Webhook {
  id: string;
  url: string;
  format: Format;
  events: string[];
  description: string;
  enabled: boolean;
  disabled_reason: string | null;
  failing_since: string | null;
  created_at: string;
  secret?: string;
}

export interface Delivery {
  id: string;
  event: string;
  state: SendState;
  attempts: { at: string; status: number | null; error: string | null; took_ms: number }[];
  next_at: string | null;
  created_at: string;
}

export interface TestResult {
  delivered: boolean;
  status: number | null;
  error: string | null;
  took_ms: number;
}

export interface Feed {
  id: string;
  kind: 'podcast' | 'due';
  team_id: string | null;
  url?: string;
  created_at: string;
}

export const FORMATS: Format[] = ['slack', 'teams', 'discord', 'mattermost', 'standard'];
/** What the page offers; the API takes every event. */
export const EVENTS = ['update.published', 'update.ready', 'comment.created', 'transcript.ready'] as const;
