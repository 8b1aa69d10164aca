CREATE INDEX comments_kind ON comments (update_id, kind, created_at, id);
CREATE INDEX comments_author ON comments (author_id, workspace_id);
CREATE TABLE failed_attempts (
  attempt_key text PRIMARY KEY NOT NULL, since bigint NOT NULL, failures bigint NOT NULL);
CREATE INDEX failed_attempts_since ON failed_attempts (since);
