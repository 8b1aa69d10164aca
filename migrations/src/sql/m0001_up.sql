CREATE TABLE instance (key text PRIMARY KEY NOT NULL, value text NOT NULL);

CREATE TABLE users (
  id {uuid} PRIMARY KEY NOT NULL, email text NOT NULL, display_name text NOT NULL, password_hash text,
  time_zone text NOT NULL, working_days text NOT NULL, work_start text NOT NULL, work_end text NOT NULL,
  digest_at text NOT NULL, locale text NOT NULL, instance_owner boolean NOT NULL, disabled_at bigint,
  created_at bigint NOT NULL, version bigint NOT NULL);
CREATE UNIQUE INDEX users_email ON users (email);

CREATE TABLE sessions (
  id {uuid} PRIMARY KEY NOT NULL, user_id {uuid} NOT NULL REFERENCES users (id), refresh_hash text NOT NULL,
  user_agent text NOT NULL, created_at bigint NOT NULL, last_used_at bigint NOT NULL, expires_at bigint NOT NULL,
  revoked_at bigint);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE api_tokens (
  id {uuid} PRIMARY KEY NOT NULL, user_id {uuid} NOT NULL REFERENCES users (id), name text NOT NULL,
  token_hash text NOT NULL, scopes text NOT NULL, expires_at bigint, created_at bigint NOT NULL,
  last_used_at bigint, revoked_at bigint);
CREATE UNIQUE INDEX api_tokens_hash ON api_tokens (token_hash);
CREATE INDEX api_tokens_user ON api_tokens (user_id);

CREATE TABLE password_resets (
  id {uuid} PRIMARY KEY NOT NULL, user_id {uuid} NOT NULL REFERENCES users (id), token_hash text NOT NULL,
  expires_at bigint NOT NULL, used_at bigint, created_at bigint NOT NULL);
CREATE UNIQUE INDEX password_resets_hash ON password_resets (token_hash);

CREATE TABLE workspaces (
  id {uuid} PRIMARY KEY NOT NULL, name text NOT NULL, quota_bytes bigint, used_bytes bigint NOT NULL,
  created_at bigint NOT NULL, version bigint NOT NULL, deleted_at bigint);

CREATE TABLE members (
  workspace_id {uuid} NOT NULL REFERENCES workspaces (id), user_id {uuid} NOT NULL REFERENCES users (id),
  role text NOT NULL, created_at bigint NOT NULL, PRIMARY KEY (workspace_id, user_id));
CREATE INDEX members_user ON members (user_id);

CREATE TABLE teams (
  id {uuid} PRIMARY KEY NOT NULL, workspace_id {uuid} NOT NULL REFERENCES workspaces (id),
  audience_id {uuid} NOT NULL, name text NOT NULL, visibility text NOT NULL, max_duration_ms bigint,
  glossary text NOT NULL, agreement text NOT NULL, created_by {uuid} NOT NULL, created_at bigint NOT NULL,
  version bigint NOT NULL, deleted_at bigint);
CREATE INDEX teams_workspace ON teams (workspace_id);

CREATE TABLE team_members (
  team_id {uuid} NOT NULL REFERENCES teams (id), user_id {uuid} NOT NULL REFERENCES users (id),
  role text NOT NULL, created_at bigint NOT NULL, PRIMARY KEY (team_id, user_id));
CREATE INDEX team_members_user ON team_members (user_id);

CREATE TABLE invites (
  id {uuid} PRIMARY KEY NOT NULL, workspace_id {uuid} NOT NULL REFERENCES workspaces (id), token_hash text NOT NULL,
  email text, role text NOT NULL, team_ids text NOT NULL, created_by {uuid} NOT NULL, created_at bigint NOT NULL,
  expires_at bigint NOT NULL, accepted_by {uuid}, accepted_at bigint, revoked_at bigint);
CREATE UNIQUE INDEX invites_hash ON invites (token_hash);

CREATE TABLE audiences (
  id {uuid} PRIMARY KEY NOT NULL, workspace_id {uuid} NOT NULL REFERENCES workspaces (id), kind text NOT NULL,
  team_id {uuid});
CREATE INDEX audiences_team ON audiences (team_id);
CREATE TABLE audience_members (
  audience_id {uuid} NOT NULL REFERENCES audiences (id), user_id {uuid} NOT NULL REFERENCES users (id),
  PRIMARY KEY (audience_id, user_id));
CREATE INDEX audience_members_user ON audience_members (user_id);

CREATE TABLE updates (
  id {uuid} PRIMARY KEY NOT NULL, workspace_id {uuid} NOT NULL REFERENCES workspaces (id),
  team_id {uuid} NOT NULL REFERENCES teams (id), audience_id {uuid} NOT NULL REFERENCES audiences (id),
  author_id {uuid} NOT NULL REFERENCES users (id), title text NOT NULL, kind text NOT NULL, body text NOT NULL,
  links text NOT NULL, status text NOT NULL, live boolean NOT NULL, publish_state text NOT NULL, publish_at bigint,
  published_at bigint, priority text NOT NULL, round_id {uuid}, reply_to_id {uuid}, recorded_at bigint,
  language text, duration_ms bigint, client_duration_ms bigint, trim_start_ms bigint, trim_end_ms bigint,
  phase text NOT NULL, percent bigint NOT NULL, failure_code text, failure_detail text, warnings text NOT NULL,
  chapters text NOT NULL, silence_map text NOT NULL, upload_id {uuid}, generation_id {uuid},
  transcript_status text NOT NULL, transcript_language text, word_count bigint NOT NULL,
  comment_count bigint NOT NULL, created_at bigint NOT NULL, changed_at bigint NOT NULL, version bigint NOT NULL,
  deleted_at bigint, purge_at bigint);
CREATE INDEX updates_team_feed ON updates (team_id, published_at, id);
CREATE INDEX updates_workspace_feed ON updates (workspace_id, published_at, id);
CREATE INDEX updates_author ON updates (author_id, created_at);
CREATE INDEX updates_reply ON updates (reply_to_id);
CREATE INDEX updates_publish ON updates (publish_state, publish_at);
CREATE INDEX updates_purge ON updates (purge_at);

CREATE TABLE uploads (
  id {uuid} PRIMARY KEY NOT NULL, update_id {uuid} NOT NULL REFERENCES updates (id), user_id {uuid} NOT NULL,
  workspace_id {uuid} NOT NULL, length_bytes bigint, offset_bytes bigint NOT NULL, metadata text NOT NULL,
  filename text NOT NULL, filetype text NOT NULL, state text NOT NULL, sniffed boolean NOT NULL,
  stalled_at bigint, last_byte_at bigint, expires_at bigint NOT NULL, created_at bigint NOT NULL, completed_at bigint);
CREATE INDEX uploads_update ON uploads (update_id);
CREATE INDEX uploads_state ON uploads (state, expires_at);
CREATE TABLE upload_chunks (
  upload_id {uuid} NOT NULL REFERENCES uploads (id), start_offset bigint NOT NULL, size_bytes bigint NOT NULL,
  object_key text NOT NULL, PRIMARY KEY (upload_id, start_offset));

CREATE TABLE media_generations (
  id {uuid} PRIMARY KEY NOT NULL, update_id {uuid} NOT NULL REFERENCES updates (id), job_id {uuid}, attempt bigint NOT NULL,
  state text NOT NULL, ended boolean NOT NULL, source_bytes bigint NOT NULL, facts text NOT NULL,
  created_at bigint NOT NULL, frozen_at bigint);
CREATE INDEX media_generations_update ON media_generations (update_id);
CREATE TABLE renditions (
  id {uuid} PRIMARY KEY NOT NULL, generation_id {uuid} NOT NULL REFERENCES media_generations (id),
  update_id {uuid} NOT NULL, name text NOT NULL, kind text NOT NULL, codecs text NOT NULL, width bigint, height bigint,
  bandwidth_bps bigint NOT NULL, target_duration_s bigint NOT NULL, init_key text NOT NULL, init_bytes bigint NOT NULL,
  ended boolean NOT NULL);
CREATE UNIQUE INDEX renditions_name ON renditions (generation_id, name);
CREATE TABLE segments (
  rendition_id {uuid} NOT NULL REFERENCES renditions (id), seq bigint NOT NULL, start_us bigint NOT NULL,
  duration_us bigint NOT NULL, size_bytes bigint NOT NULL, object_key text NOT NULL, discontinuity boolean NOT NULL,
  init bigint NOT NULL, PRIMARY KEY (rendition_id, seq));
CREATE TABLE rendition_inits (
  rendition_id {uuid} NOT NULL REFERENCES renditions (id), init bigint NOT NULL, object_key text NOT NULL,
  size_bytes bigint NOT NULL, PRIMARY KEY (rendition_id, init));
CREATE TABLE artefacts (
  generation_id {uuid} NOT NULL REFERENCES media_generations (id), name text NOT NULL, update_id {uuid} NOT NULL,
  object_key text NOT NULL, size_bytes bigint NOT NULL, content_type text NOT NULL, PRIMARY KEY (generation_id, name));

CREATE TABLE transcripts (
  id {uuid} PRIMARY KEY NOT NULL, update_id {uuid} NOT NULL REFERENCES updates (id), language text NOT NULL,
  origin text NOT NULL, model text, revision bigint NOT NULL, state text NOT NULL, outdated boolean NOT NULL,
  generation_id {uuid}, created_at bigint NOT NULL, changed_at bigint NOT NULL);
CREATE INDEX transcripts_update ON transcripts (update_id, state);
CREATE TABLE transcript_segments (
  id {uuid} PRIMARY KEY NOT NULL, transcript_id {uuid} NOT NULL REFERENCES transcripts (id), update_id {uuid} NOT NULL,
  start_ms bigint NOT NULL, end_ms bigint NOT NULL, text text NOT NULL, words text NOT NULL);
CREATE INDEX transcript_segments_order ON transcript_segments (transcript_id, start_ms, id);
CREATE TABLE suggestions (
  id {uuid} PRIMARY KEY NOT NULL, update_id {uuid} NOT NULL, transcript_id {uuid} NOT NULL, segment_id {uuid},
  kind text NOT NULL, start_ms bigint NOT NULL, end_ms bigint NOT NULL, text text NOT NULL, status text NOT NULL,
  comment_id {uuid});
CREATE INDEX suggestions_update ON suggestions (update_id);

CREATE TABLE comments (
  id {uuid} PRIMARY KEY NOT NULL, update_id {uuid} NOT NULL REFERENCES updates (id), workspace_id {uuid} NOT NULL,
  audience_id {uuid} NOT NULL, author_id {uuid} NOT NULL, body text NOT NULL, body_html text NOT NULL, at_ms bigint,
  end_ms bigint, kind text NOT NULL, parent_id {uuid}, assignee_id {uuid}, due_on text, expected_by bigint,
  mentions text NOT NULL, priority text NOT NULL, resolved_at bigint, resolved_by {uuid}, acknowledged_at bigint,
  answer_id {uuid}, edited_at bigint, created_at bigint NOT NULL, version bigint NOT NULL, deleted_at bigint);
CREATE INDEX comments_update ON comments (update_id, created_at, id);
CREATE INDEX comments_assignee ON comments (assignee_id, resolved_at);
CREATE TABLE comment_history (
  id {uuid} PRIMARY KEY NOT NULL, comment_id {uuid} NOT NULL REFERENCES comments (id), body text NOT NULL,
  kind text NOT NULL, editor_id {uuid} NOT NULL, replaced_at bigint NOT NULL);
CREATE INDEX comment_history_comment ON comment_history (comment_id);
CREATE TABLE reactions (
  update_id {uuid} NOT NULL REFERENCES updates (id), user_id {uuid} NOT NULL REFERENCES users (id),
  emoji text NOT NULL, at_ms bigint NOT NULL, created_at bigint NOT NULL,
  PRIMARY KEY (update_id, user_id, emoji, at_ms));
CREATE TABLE watches (
  update_id {uuid} NOT NULL REFERENCES updates (id), user_id {uuid} NOT NULL REFERENCES users (id),
  position_ms bigint NOT NULL, seen_ranges text NOT NULL, seen_ratio double precision NOT NULL, seen boolean NOT NULL,
  by_means text NOT NULL, last_at bigint NOT NULL, PRIMARY KEY (update_id, user_id));

CREATE TABLE jobs (
  id {uuid} PRIMARY KEY NOT NULL, kind text NOT NULL, payload text NOT NULL, priority bigint NOT NULL,
  run_at bigint NOT NULL, attempt bigint NOT NULL, max_attempts bigint NOT NULL, lease_owner text, lease_until bigint,
  phase text NOT NULL, progress bigint NOT NULL, last_error text, dedupe_key text, state text NOT NULL,
  workspace_id {uuid}, update_id {uuid}, created_at bigint NOT NULL, finished_at bigint);
CREATE INDEX jobs_claim ON jobs (state, kind, run_at);
CREATE INDEX jobs_update ON jobs (update_id);
CREATE UNIQUE INDEX jobs_dedupe ON jobs (dedupe_key) WHERE dedupe_key IS NOT NULL AND state IN ('queued', 'running', 'parked');

CREATE TABLE workers (
  id text PRIMARY KEY NOT NULL, version text NOT NULL, slots bigint NOT NULL, model text, started_at bigint NOT NULL,
  seen_at bigint NOT NULL);

CREATE TABLE events (
  seq {serial}, kind text NOT NULL, at bigint NOT NULL, workspace_id {uuid} NOT NULL,
  audience_id {uuid}, user_id {uuid}, update_id {uuid}, round_id {uuid}, data text NOT NULL);
CREATE INDEX events_workspace ON events (workspace_id, seq);
CREATE INDEX events_update ON events (update_id, seq);

CREATE TABLE idempotency_keys (
  user_id {uuid} NOT NULL, route text NOT NULL, idem_key text NOT NULL, body_hash text NOT NULL, status bigint,
  headers text, body text, created_at bigint NOT NULL, PRIMARY KEY (user_id, route, idem_key));
CREATE TABLE audit_log (
  id {uuid} PRIMARY KEY NOT NULL, workspace_id {uuid}, actor_id {uuid}, action text NOT NULL, target text NOT NULL,
  data text NOT NULL, at bigint NOT NULL);
CREATE INDEX audit_log_workspace ON audit_log (workspace_id, at);

CREATE TABLE search_rows (
  row_id {serial}, workspace_id {uuid} NOT NULL, audience_id {uuid} NOT NULL, update_id {uuid} NOT NULL,
  source text NOT NULL, segment_id {uuid}, comment_id {uuid}, start_ms bigint, end_ms bigint, at bigint NOT NULL,
  language text, text text NOT NULL, digest bigint NOT NULL);
CREATE INDEX search_rows_update ON search_rows (update_id, source, start_ms);
CREATE INDEX search_rows_comment ON search_rows (comment_id);
CREATE TABLE search_languages (language text PRIMARY KEY NOT NULL);
CREATE TABLE vocabulary (term text PRIMARY KEY NOT NULL, rows_count bigint NOT NULL);
CREATE TABLE vocabulary_trigrams (
  trigram text NOT NULL, term text NOT NULL, PRIMARY KEY (trigram, term));
