CREATE UNIQUE INDEX api_tokens_hash ON api_tokens (token_hash);
CREATE INDEX api_tokens_user ON api_tokens (user_id);
CREATE INDEX audience_members_user ON audience_members (user_id);
CREATE INDEX audiences_team ON audiences (team_id);
CREATE INDEX audit_log_workspace ON audit_log (workspace_id, at);
CREATE INDEX check_ins_next ON check_ins (next_at);
CREATE INDEX check_ins_team ON check_ins (team_id);
CREATE INDEX comment_history_comment ON comment_history (comment_id);
CREATE INDEX comments_assignee ON comments (assignee_id, resolved_at);
CREATE INDEX comments_author ON comments (author_id, workspace_id);
CREATE INDEX comments_backup ON comments (backup_due_at);
CREATE INDEX comments_kind ON comments (update_id, kind, created_at, id);
CREATE INDEX comments_update ON comments (update_id, created_at, id);
CREATE INDEX events_update ON events (update_id, seq);
CREATE INDEX events_workspace ON events (workspace_id, seq);
CREATE INDEX failed_attempts_since ON failed_attempts (since);
CREATE UNIQUE INDEX feeds_hash ON feeds (token_hash);
CREATE INDEX feeds_user ON feeds (user_id);
CREATE INDEX holiday_feeds_next ON holiday_feeds (next_at);
CREATE UNIQUE INDEX invites_hash ON invites (token_hash);
CREATE INDEX jobs_claim ON jobs (state, kind, run_at);
CREATE UNIQUE INDEX jobs_dedupe ON jobs (dedupe_key) WHERE dedupe_key IS NOT NULL AND state IN ('queued', 'running', 'parked');
CREATE INDEX jobs_update ON jobs (update_id);
CREATE UNIQUE INDEX mails_dedupe ON mails (dedupe_key);
CREATE INDEX mails_due ON mails (state, run_at);
CREATE INDEX mails_notification ON mails (notification_id);
CREATE INDEX mails_user ON mails (user_id, created_at);
CREATE INDEX media_generations_update ON media_generations (update_id);
CREATE INDEX members_user ON members (user_id);
CREATE INDEX notification_items_mail ON notification_items (mail_id);
CREATE INDEX notification_items_parent ON notification_items (notification_id, at);
CREATE INDEX notifications_list ON notifications (user_id, last_at, id);
CREATE INDEX notifications_thread ON notifications (user_id, thread_key);
CREATE UNIQUE INDEX password_resets_hash ON password_resets (token_hash);
CREATE INDEX plan_items_check_in ON plan_items (check_in_id, state);
CREATE INDEX plan_items_update ON plan_items (update_id);
CREATE UNIQUE INDEX renditions_name ON renditions (generation_id, name);
CREATE INDEX round_members_user ON round_members (user_id);
CREATE UNIQUE INDEX rounds_date ON rounds (check_in_id, held_on);
CREATE INDEX rounds_state ON rounds (check_in_id, state);
CREATE INDEX search_rows_comment ON search_rows (comment_id);
CREATE INDEX search_rows_update ON search_rows (update_id, source, start_ms);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX suggestions_update ON suggestions (update_id);
CREATE INDEX team_members_user ON team_members (user_id);
CREATE INDEX teams_workspace ON teams (workspace_id);
CREATE INDEX transcript_segments_order ON transcript_segments (transcript_id, start_ms, id);
CREATE INDEX transcripts_update ON transcripts (update_id, state);
CREATE INDEX updates_author ON updates (author_id, created_at);
CREATE INDEX updates_publish ON updates (publish_state, publish_at);
CREATE INDEX updates_purge ON updates (purge_at);
CREATE INDEX updates_reply ON updates (reply_to_id);
CREATE INDEX updates_round ON updates (round_id);
CREATE INDEX updates_team_feed ON updates (team_id, published_at, id);
CREATE INDEX updates_workspace_feed ON updates (workspace_id, published_at, id);
CREATE INDEX uploads_state ON uploads (state, expires_at);
CREATE INDEX uploads_update ON uploads (update_id);
CREATE UNIQUE INDEX users_email ON users (email);
CREATE UNIQUE INDEX webhook_deliveries_dedupe ON webhook_deliveries (dedupe_key);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (state, run_at);
CREATE INDEX webhook_deliveries_list ON webhook_deliveries (webhook_id, created_at, id);
CREATE INDEX webhooks_workspace ON webhooks (workspace_id);
CREATE TABLE absences (
  user_id blob NOT NULL REFERENCES users (id), kind text NOT NULL, from_on text NOT NULL, to_on text NOT NULL,
  PRIMARY KEY (user_id, kind, from_on));
CREATE TABLE api_tokens (
  id blob PRIMARY KEY NOT NULL, user_id blob NOT NULL REFERENCES users (id), name text NOT NULL,
  token_hash text NOT NULL, scopes text NOT NULL, expires_at bigint, created_at bigint NOT NULL,
  last_used_at bigint, revoked_at bigint);
CREATE TABLE artefacts (
  generation_id blob NOT NULL REFERENCES media_generations (id), name text NOT NULL, update_id blob NOT NULL,
  object_key text NOT NULL, size_bytes bigint NOT NULL, content_type text NOT NULL, PRIMARY KEY (generation_id, name));
CREATE TABLE audience_members (
  audience_id blob NOT NULL REFERENCES audiences (id), user_id blob NOT NULL REFERENCES users (id),
  PRIMARY KEY (audience_id, user_id));
CREATE TABLE audiences (
  id blob PRIMARY KEY NOT NULL, workspace_id blob NOT NULL REFERENCES workspaces (id), kind text NOT NULL,
  team_id blob);
CREATE TABLE audit_log (
  id blob PRIMARY KEY NOT NULL, workspace_id blob, actor_id blob, action text NOT NULL, target text NOT NULL,
  data text NOT NULL, at bigint NOT NULL);
CREATE TABLE check_ins (
  id blob PRIMARY KEY NOT NULL, workspace_id blob NOT NULL REFERENCES workspaces (id),
  team_id blob NOT NULL REFERENCES teams (id), audience_id blob NOT NULL REFERENCES audiences (id),
  private_to text, name text NOT NULL, prompts text NOT NULL, schedule text NOT NULL, made_on text NOT NULL,
  open_for_minutes bigint NOT NULL, remind_before text NOT NULL, expected text, max_duration_ms bigint,
  replaces_meeting_minutes bigint, created_by blob NOT NULL REFERENCES users (id), created_at bigint NOT NULL,
  version bigint NOT NULL, deleted_at bigint, floor_at bigint NOT NULL, checked_at bigint NOT NULL,
  next_at bigint NOT NULL);
CREATE TABLE comment_history (
  id blob PRIMARY KEY NOT NULL, comment_id blob NOT NULL REFERENCES comments (id), body text NOT NULL,
  kind text NOT NULL, editor_id blob NOT NULL, replaced_at bigint NOT NULL);
CREATE TABLE comments (
  id blob PRIMARY KEY NOT NULL, update_id blob NOT NULL REFERENCES updates (id), workspace_id blob NOT NULL,
  audience_id blob NOT NULL, author_id blob NOT NULL, body text NOT NULL, body_html text NOT NULL, at_ms bigint,
  end_ms bigint, kind text NOT NULL, parent_id blob, assignee_id blob, due_on text, expected_by bigint,
  mentions text NOT NULL, priority text NOT NULL, resolved_at bigint, resolved_by blob, acknowledged_at bigint,
  answer_id blob, edited_at bigint, created_at bigint NOT NULL, version bigint NOT NULL, deleted_at bigint, backup_due_at bigint, backup_told_at bigint, backup_id blob, talk_opened_at bigint, talk_opened_by blob);
CREATE TABLE consumers (name text PRIMARY KEY NOT NULL, seq bigint NOT NULL);
CREATE TABLE events (
  seq integer PRIMARY KEY AUTOINCREMENT NOT NULL, kind text NOT NULL, at bigint NOT NULL, workspace_id blob NOT NULL,
  audience_id blob, user_id blob, update_id blob, round_id blob, data text NOT NULL);
CREATE TABLE failed_attempts (
  attempt_key text PRIMARY KEY NOT NULL, since bigint NOT NULL, failures bigint NOT NULL);
CREATE TABLE feeds (
  id blob PRIMARY KEY NOT NULL, user_id blob NOT NULL REFERENCES users (id), kind text NOT NULL,
  team_id blob, token_hash text NOT NULL, created_at bigint NOT NULL,
  last_used_at bigint, revoked_at bigint);
CREATE TABLE holiday_feeds (
  user_id blob PRIMARY KEY NOT NULL REFERENCES users (id), url text NOT NULL, next_at bigint NOT NULL,
  read_at bigint, error text);
CREATE TABLE idempotency_keys (
  user_id blob NOT NULL, route text NOT NULL, idem_key text NOT NULL, body_hash text NOT NULL, status bigint,
  headers text, body text, created_at bigint NOT NULL, PRIMARY KEY (user_id, route, idem_key));
CREATE TABLE instance (key text PRIMARY KEY NOT NULL, value text NOT NULL);
CREATE TABLE invites (
  id blob PRIMARY KEY NOT NULL, workspace_id blob NOT NULL REFERENCES workspaces (id), token_hash text NOT NULL,
  email text, role text NOT NULL, team_ids text NOT NULL, created_by blob NOT NULL, created_at bigint NOT NULL,
  expires_at bigint NOT NULL, accepted_by blob, accepted_at bigint, revoked_at bigint);
CREATE TABLE jobs (
  id blob PRIMARY KEY NOT NULL, kind text NOT NULL, payload text NOT NULL, priority bigint NOT NULL,
  run_at bigint NOT NULL, attempt bigint NOT NULL, max_attempts bigint NOT NULL, lease_owner text, lease_until bigint,
  phase text NOT NULL, progress bigint NOT NULL, last_error text, dedupe_key text, state text NOT NULL,
  workspace_id blob, update_id blob, created_at bigint NOT NULL, finished_at bigint);
CREATE TABLE mails (
  id blob PRIMARY KEY NOT NULL, user_id blob NOT NULL REFERENCES users (id), kind text NOT NULL,
  dedupe_key text NOT NULL, message_id text NOT NULL, notification_id blob, urgent boolean NOT NULL,
  local_date text, from_at bigint, until_at bigint, state text NOT NULL, attempt bigint NOT NULL,
  run_at bigint NOT NULL, lease_until bigint, last_error text, created_at bigint NOT NULL, finished_at bigint);
CREATE TABLE media_generations (
  id blob PRIMARY KEY NOT NULL, update_id blob NOT NULL REFERENCES updates (id), job_id blob, attempt bigint NOT NULL,
  state text NOT NULL, ended boolean NOT NULL, source_bytes bigint NOT NULL, facts text NOT NULL,
  created_at bigint NOT NULL, frozen_at bigint);
CREATE TABLE members (
  workspace_id blob NOT NULL REFERENCES workspaces (id), user_id blob NOT NULL REFERENCES users (id),
  role text NOT NULL, created_at bigint NOT NULL, PRIMARY KEY (workspace_id, user_id));
CREATE TABLE notification_items (
  user_id blob NOT NULL, dedupe_key text NOT NULL, notification_id blob NOT NULL, kind text NOT NULL,
  actor_id blob, comment_id blob, at bigint NOT NULL, mail_id blob, PRIMARY KEY (user_id, dedupe_key));
CREATE TABLE notification_settings (
  user_id blob PRIMARY KEY NOT NULL REFERENCES users (id), settings text NOT NULL, changed_at bigint NOT NULL,
  version bigint NOT NULL);
CREATE TABLE notifications (
  id blob PRIMARY KEY NOT NULL, user_id blob NOT NULL REFERENCES users (id), workspace_id blob NOT NULL,
  kind text NOT NULL, thread_key text NOT NULL, update_id blob, comment_id blob, round_id blob,
  inbox boolean NOT NULL, created_at bigint NOT NULL, last_at bigint NOT NULL, read_at bigint);
CREATE TABLE password_resets (
  id blob PRIMARY KEY NOT NULL, user_id blob NOT NULL REFERENCES users (id), token_hash text NOT NULL,
  expires_at bigint NOT NULL, used_at bigint, created_at bigint NOT NULL);
CREATE TABLE plan_items (
  id blob PRIMARY KEY NOT NULL, check_in_id blob NOT NULL REFERENCES check_ins (id),
  from_round_id blob NOT NULL REFERENCES rounds (id), user_id blob NOT NULL REFERENCES users (id),
  update_id blob NOT NULL REFERENCES updates (id), comment_id blob, text text NOT NULL, state text NOT NULL,
  settled_at bigint, created_at bigint NOT NULL, due_on text, pinned_at bigint, pinned_by blob);
CREATE TABLE reactions (
  update_id blob NOT NULL REFERENCES updates (id), user_id blob NOT NULL REFERENCES users (id),
  emoji text NOT NULL, at_ms bigint NOT NULL, created_at bigint NOT NULL,
  PRIMARY KEY (update_id, user_id, emoji, at_ms));
CREATE TABLE rendition_inits (
  rendition_id blob NOT NULL REFERENCES renditions (id), init bigint NOT NULL, object_key text NOT NULL,
  size_bytes bigint NOT NULL, PRIMARY KEY (rendition_id, init));
CREATE TABLE renditions (
  id blob PRIMARY KEY NOT NULL, generation_id blob NOT NULL REFERENCES media_generations (id),
  update_id blob NOT NULL, name text NOT NULL, kind text NOT NULL, codecs text NOT NULL, width bigint, height bigint,
  bandwidth_bps bigint NOT NULL, target_duration_s bigint NOT NULL, init_key text NOT NULL, init_bytes bigint NOT NULL,
  ended boolean NOT NULL);
CREATE TABLE round_members (
  round_id blob NOT NULL REFERENCES rounds (id), user_id blob NOT NULL REFERENCES users (id),
  opens_at bigint NOT NULL, due_at bigint NOT NULL, opened_at bigint, excused_at bigint, away boolean NOT NULL,
  PRIMARY KEY (round_id, user_id));
CREATE TABLE round_notices (
  round_id blob NOT NULL REFERENCES rounds (id), user_id blob NOT NULL REFERENCES users (id),
  minutes_before bigint NOT NULL, at bigint NOT NULL, told boolean NOT NULL,
  PRIMARY KEY (round_id, user_id, minutes_before));
CREATE TABLE rounds (
  id blob PRIMARY KEY NOT NULL, check_in_id blob NOT NULL REFERENCES check_ins (id), workspace_id blob NOT NULL,
  team_id blob NOT NULL, audience_id blob NOT NULL REFERENCES audiences (id), held_on text NOT NULL,
  state text NOT NULL, name text NOT NULL, prompts text NOT NULL, replaces_meeting_minutes bigint,
  opened_at bigint NOT NULL, closes_at bigint NOT NULL, closed_at bigint);
CREATE VIRTUAL TABLE search_fts USING fts5(audience, body, surface, near, content='', contentless_delete=1, prefix='2 3', tokenize="ascii tokenchars '_'");
CREATE TABLE 'search_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;
CREATE TABLE 'search_fts_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE 'search_fts_docsize'(id INTEGER PRIMARY KEY, sz BLOB, origin INTEGER);
CREATE TABLE 'search_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TABLE search_languages (language text PRIMARY KEY NOT NULL);
CREATE TABLE search_rows (
  row_id integer PRIMARY KEY AUTOINCREMENT NOT NULL, workspace_id blob NOT NULL, audience_id blob NOT NULL, update_id blob NOT NULL,
  source text NOT NULL, segment_id blob, comment_id blob, start_ms bigint, end_ms bigint, at bigint NOT NULL,
  language text, text text NOT NULL, digest bigint NOT NULL);
CREATE TABLE segments (
  rendition_id blob NOT NULL REFERENCES renditions (id), seq bigint NOT NULL, start_us bigint NOT NULL,
  duration_us bigint NOT NULL, size_bytes bigint NOT NULL, object_key text NOT NULL, discontinuity boolean NOT NULL,
  init bigint NOT NULL, PRIMARY KEY (rendition_id, seq));
CREATE TABLE sessions (
  id blob PRIMARY KEY NOT NULL, user_id blob NOT NULL REFERENCES users (id), refresh_hash text NOT NULL,
  user_agent text NOT NULL, created_at bigint NOT NULL, last_used_at bigint NOT NULL, expires_at bigint NOT NULL,
  revoked_at bigint);
CREATE TABLE suggestions (
  id blob PRIMARY KEY NOT NULL, update_id blob NOT NULL, transcript_id blob NOT NULL, segment_id blob,
  kind text NOT NULL, start_ms bigint NOT NULL, end_ms bigint NOT NULL, text text NOT NULL, status text NOT NULL,
  comment_id blob);
CREATE TABLE team_members (
  team_id blob NOT NULL REFERENCES teams (id), user_id blob NOT NULL REFERENCES users (id),
  role text NOT NULL, created_at bigint NOT NULL, PRIMARY KEY (team_id, user_id));
CREATE TABLE teams (
  id blob PRIMARY KEY NOT NULL, workspace_id blob NOT NULL REFERENCES workspaces (id),
  audience_id blob NOT NULL, name text NOT NULL, visibility text NOT NULL, max_duration_ms bigint,
  glossary text NOT NULL, agreement text NOT NULL, created_by blob NOT NULL, created_at bigint NOT NULL,
  version bigint NOT NULL, deleted_at bigint);
CREATE TABLE transcript_segments (
  id blob PRIMARY KEY NOT NULL, transcript_id blob NOT NULL REFERENCES transcripts (id), update_id blob NOT NULL,
  start_ms bigint NOT NULL, end_ms bigint NOT NULL, text text NOT NULL, words text NOT NULL);
CREATE TABLE transcripts (
  id blob PRIMARY KEY NOT NULL, update_id blob NOT NULL REFERENCES updates (id), language text NOT NULL,
  origin text NOT NULL, model text, revision bigint NOT NULL, state text NOT NULL, outdated boolean NOT NULL,
  generation_id blob, created_at bigint NOT NULL, changed_at bigint NOT NULL);
CREATE TABLE updates (
  id blob PRIMARY KEY NOT NULL, workspace_id blob NOT NULL REFERENCES workspaces (id),
  team_id blob NOT NULL REFERENCES teams (id), audience_id blob NOT NULL REFERENCES audiences (id),
  author_id blob NOT NULL REFERENCES users (id), title text NOT NULL, kind text NOT NULL, body text NOT NULL,
  links text NOT NULL, status text NOT NULL, live boolean NOT NULL, publish_state text NOT NULL, publish_at bigint,
  published_at bigint, priority text NOT NULL, round_id blob, reply_to_id blob, recorded_at bigint,
  language text, duration_ms bigint, client_duration_ms bigint, trim_start_ms bigint, trim_end_ms bigint,
  phase text NOT NULL, percent bigint NOT NULL, failure_code text, failure_detail text, warnings text NOT NULL,
  chapters text NOT NULL, silence_map text NOT NULL, upload_id blob, generation_id blob,
  transcript_status text NOT NULL, transcript_language text, word_count bigint NOT NULL,
  comment_count bigint NOT NULL, created_at bigint NOT NULL, changed_at bigint NOT NULL, version bigint NOT NULL,
  deleted_at bigint, purge_at bigint);
CREATE TABLE upload_chunks (
  upload_id blob NOT NULL REFERENCES uploads (id), start_offset bigint NOT NULL, size_bytes bigint NOT NULL,
  object_key text NOT NULL, PRIMARY KEY (upload_id, start_offset));
CREATE TABLE uploads (
  id blob PRIMARY KEY NOT NULL, update_id blob NOT NULL REFERENCES updates (id), user_id blob NOT NULL,
  workspace_id blob NOT NULL, length_bytes bigint, offset_bytes bigint NOT NULL, metadata text NOT NULL,
  filename text NOT NULL, filetype text NOT NULL, state text NOT NULL, sniffed boolean NOT NULL,
  stalled_at bigint, last_byte_at bigint, expires_at bigint NOT NULL, created_at bigint NOT NULL, completed_at bigint);
CREATE TABLE urgent_uses (
  sender_id blob NOT NULL, about text NOT NULL, at bigint NOT NULL, PRIMARY KEY (sender_id, about));
CREATE TABLE users (
  id blob PRIMARY KEY NOT NULL, email text NOT NULL, display_name text NOT NULL, password_hash text,
  time_zone text NOT NULL, working_days text NOT NULL, work_start text NOT NULL, work_end text NOT NULL,
  digest_at text NOT NULL, locale text NOT NULL, instance_owner boolean NOT NULL, disabled_at bigint,
  created_at bigint NOT NULL, version bigint NOT NULL);
CREATE TABLE vocabulary (term text PRIMARY KEY NOT NULL, rows_count bigint NOT NULL);
CREATE TABLE vocabulary_trigrams (
  trigram text NOT NULL, term text NOT NULL, PRIMARY KEY (trigram, term));
CREATE TABLE watches (
  update_id blob NOT NULL REFERENCES updates (id), user_id blob NOT NULL REFERENCES users (id),
  position_ms bigint NOT NULL, seen_ranges text NOT NULL, seen_ratio double precision NOT NULL, seen boolean NOT NULL,
  by_means text NOT NULL, last_at bigint NOT NULL, PRIMARY KEY (update_id, user_id));
CREATE TABLE webhook_deliveries (
  id blob PRIMARY KEY NOT NULL, webhook_id blob NOT NULL REFERENCES webhooks (id), dedupe_key text NOT NULL,
  event_seq bigint NOT NULL, event_kind text NOT NULL, state text NOT NULL, attempt bigint NOT NULL,
  run_at bigint NOT NULL, lease_until bigint, attempts text NOT NULL, created_at bigint NOT NULL, finished_at bigint);
CREATE TABLE webhooks (
  id blob PRIMARY KEY NOT NULL, workspace_id blob NOT NULL REFERENCES workspaces (id), url text NOT NULL,
  format text NOT NULL, events text NOT NULL, description text NOT NULL, secret_version bigint NOT NULL,
  enabled boolean NOT NULL, disabled_reason text, failing_since bigint, created_by blob NOT NULL,
  created_at bigint NOT NULL, version bigint NOT NULL, deleted_at bigint);
CREATE TABLE workers (
  id text PRIMARY KEY NOT NULL, version text NOT NULL, slots bigint NOT NULL, model text, started_at bigint NOT NULL,
  seen_at bigint NOT NULL);
CREATE TABLE workspaces (
  id blob PRIMARY KEY NOT NULL, name text NOT NULL, quota_bytes bigint, used_bytes bigint NOT NULL,
  created_at bigint NOT NULL, version bigint NOT NULL, deleted_at bigint, insights boolean NOT NULL DEFAULT true);
