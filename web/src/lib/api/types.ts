// The API's shapes as the app uses them.

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export type WorkspaceRole = 'owner' | 'admin' | 'member' | 'guest';
export type TeamRole = 'admin' | 'member';

export interface WorkingHours {
  days: string[];
  start: string;
  end: string;
}

export interface Membership {
  id: string;
  name: string;
  role: WorkspaceRole;
}

export interface Me {
  id: string;
  email: string;
  display_name: string;
  time_zone: string;
  working_hours: WorkingHours;
  digest_at: string;
  locale: string;
  instance_owner: boolean;
  created_at: string;
  workspaces: Membership[];
}

export interface Instance {
  version: string;
  signup: 'invite' | 'open';
  first_account: boolean;
  setup_code_needed: boolean;
  max_upload_bytes: number;
}

export interface Workspace {
  id: string;
  name: string;
  role: WorkspaceRole;
  quota_bytes: number | null;
  used_bytes: number;
  created_at: string;
}

export interface Member {
  id: string;
  display_name: string;
  email: string;
  time_zone: string;
  working_hours: WorkingHours;
  role: WorkspaceRole;
  joined_at: string;
}

export interface Team {
  id: string;
  workspace_id: string;
  name: string;
  visibility: 'open' | 'private';
  max_duration_ms: number | null;
  role: TeamRole | null;
  created_at: string;
}

export interface TeamMember {
  id: string;
  display_name: string;
  time_zone: string;
  working_hours: WorkingHours;
  role: TeamRole;
  joined_at: string;
}

export interface Invite {
  id: string;
  token?: string;
  url?: string;
  email: string | null;
  role: WorkspaceRole;
  team_ids: string[];
  expires_at: string;
  created_at: string;
}

export interface Person {
  id: string;
  display_name: string;
  time_zone?: string;
}

export type UpdateStatus = 'awaiting_upload' | 'uploading' | 'processing' | 'playable' | 'ready' | 'failed';
export type TranscriptStatus = 'pending' | 'running' | 'ready' | 'no_speech' | 'failed' | 'unavailable';

export interface Update {
  id: string;
  workspace_id: string;
  team_id: string;
  author: Person;
  title: string;
  kind: 'video' | 'voice' | 'text';
  body: string;
  body_html: string;
  links: { url: string; title: string | null }[];
  status: UpdateStatus;
  live: boolean;
  publish: { state: 'draft' | 'scheduled' | 'published'; at: string | null };
  priority: 'normal' | 'urgent';
  reply_to_id: string | null;
  recorded_at: string | null;
  published_at: string | null;
  created_at: string;
  language: string | null;
  duration_ms: number | null;
  trim: { start_ms: number; end_ms: number } | null;
  progress: { phase: string; percent: number } | null;
  failure: { code: string; detail: string } | null;
  warnings: { code: string; detail: string }[];
  chapters: { at_ms: number; title: string }[];
  silence_map: [number, number][];
  upload_url: string;
  share_url: string;
  media: {
    hls_url: string | null;
    download_url: string | null;
    poster_url: string | null;
    storyboard_vtt_url: string | null;
    peaks_url: string | null;
    captions_url: string | null;
    audio_url: string | null;
  };
  transcript: { status: TranscriptStatus; language: string | null; word_count: number | null };
  counts: { comments: number; open_asks: number; viewers: number };
  my_watch: { position_ms: number; seen_ratio: number; seen: boolean } | null;
  can_edit: boolean;
}

export interface Hit {
  source: 'transcript' | 'title' | 'body' | 'comment';
  start_ms: number | null;
  end_ms: number | null;
  text: string;
  highlights: [number, number][];
  comment_id?: string | null;
}

export interface Ask {
  id: string;
  author: Person;
  body: string;
  at_ms: number | null;
  kind: 'comment' | 'question' | 'decision' | 'action' | 'blocker';
  due_on: string | null;
  expected_by: string | null;
  created_at: string;
  update: { id: string; title: string; team_id: string | null };
}

/** A word that was not found, and the near ones that were looked for instead. */
export interface Correction {
  word: string;
  instead: string[];
}

export interface Found {
  update: Update;
  score: number;
  hits: Hit[];
}

export interface SearchAnswer {
  items: Found[];
  next_cursor: string | null;
  corrected: Correction[] | null;
  took_ms: number;
}

export interface SessionRow {
  id: string;
  created_at: string;
  last_used_at: string;
  user_agent: string;
  current: boolean;
}

export type Scope = 'read' | 'write' | 'upload' | 'admin';

export interface ApiToken {
  id: string;
  token?: string;
  name: string;
  scopes: Scope[];
  expires_at: string | null;
  created_at: string;
}
