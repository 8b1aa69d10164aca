CREATE TABLE retention (
  workspace_id {uuid} PRIMARY KEY NOT NULL REFERENCES workspaces (id), updates_days bigint, drafts_days bigint,
  audit_days bigint, keep_pinned boolean NOT NULL, version bigint NOT NULL);

CREATE TABLE exports (
  id {uuid} PRIMARY KEY NOT NULL, workspace_id {uuid} NOT NULL REFERENCES workspaces (id),
  user_id {uuid} NOT NULL REFERENCES users (id), with_media boolean NOT NULL, created_at bigint NOT NULL,
  expires_at bigint NOT NULL);
CREATE INDEX exports_end ON exports (expires_at);
CREATE INDEX jobs_list ON jobs (state, created_at, id);
