CREATE TABLE consumers (name text PRIMARY KEY NOT NULL, seq bigint NOT NULL);
INSERT INTO consumers (name, seq) SELECT 'notifications', COALESCE(MAX(seq), 0) FROM events;
INSERT INTO consumers (name, seq) SELECT 'webhooks', COALESCE(MAX(seq), 0) FROM events;

CREATE TABLE notifications (
  id {uuid} PRIMARY KEY NOT NULL, user_id {uuid} NOT NULL REFERENCES users (id), workspace_id {uuid} NOT NULL,
  kind text NOT NULL, thread_key text NOT NULL, update_id {uuid}, comment_id {uuid}, round_id {uuid},
  inbox boolean NOT NULL, created_at bigint NOT NULL, last_at bigint NOT NULL, read_at bigint);
CREATE INDEX notifications_list ON notifications (user_id, last_at, id);
CREATE INDEX notifications_thread ON notifications (user_id, thread_key);

CREATE TABLE notification_items (
  user_id {uuid} NOT NULL, dedupe_key text NOT NULL, notification_id {uuid} NOT NULL, kind text NOT NULL,
  actor_id {uuid}, comment_id {uuid}, at bigint NOT NULL, mail_id {uuid}, PRIMARY KEY (user_id, dedupe_key));
CREATE INDEX notification_items_parent ON notification_items (notification_id, at);
CREATE INDEX notification_items_mail ON notification_items (mail_id);

CREATE TABLE notification_settings (
  user_id {uuid} PRIMARY KEY NOT NULL REFERENCES users (id), settings text NOT NULL, changed_at bigint NOT NULL,
  version bigint NOT NULL);

CREATE TABLE urgent_uses (
  sender_id {uuid} NOT NULL, about text NOT NULL, at bigint NOT NULL, PRIMARY KEY (sender_id, about));

CREATE TABLE mails (
  id {uuid} PRIMARY KEY NOT NULL, user_id {uuid} NOT NULL REFERENCES users (id), kind text NOT NULL,
  dedupe_key text NOT NULL, message_id text NOT NULL, notification_id {uuid}, urgent boolean NOT NULL,
  local_date text, from_at bigint, until_at bigint, state text NOT NULL, attempt bigint NOT NULL,
  run_at bigint NOT NULL, lease_until bigint, last_error text, created_at bigint NOT NULL, finished_at bigint);
CREATE UNIQUE INDEX mails_dedupe ON mails (dedupe_key);
CREATE INDEX mails_due ON mails (state, run_at);
CREATE INDEX mails_user ON mails (user_id, created_at);
CREATE INDEX mails_notification ON mails (notification_id);

CREATE TABLE webhooks (
  id {uuid} PRIMARY KEY NOT NULL, workspace_id {uuid} NOT NULL REFERENCES workspaces (id), url text NOT NULL,
  format text NOT NULL, events text NOT NULL, description text NOT NULL, secret_version bigint NOT NULL,
  enabled boolean NOT NULL, disabled_reason text, failing_since bigint, created_by {uuid} NOT NULL,
  created_at bigint NOT NULL, version bigint NOT NULL, deleted_at bigint);
CREATE INDEX webhooks_workspace ON webhooks (workspace_id);

CREATE TABLE webhook_deliveries (
  id {uuid} PRIMARY KEY NOT NULL, webhook_id {uuid} NOT NULL REFERENCES webhooks (id), dedupe_key text NOT NULL,
  event_seq bigint NOT NULL, event_kind text NOT NULL, state text NOT NULL, attempt bigint NOT NULL,
  run_at bigint NOT NULL, lease_until bigint, attempts text NOT NULL, created_at bigint NOT NULL, finished_at bigint);
CREATE UNIQUE INDEX webhook_deliveries_dedupe ON webhook_deliveries (dedupe_key);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (state, run_at);
CREATE INDEX webhook_deliveries_list ON webhook_deliveries (webhook_id, created_at, id);

CREATE TABLE feeds (
  id {uuid} PRIMARY KEY NOT NULL, user_id {uuid} NOT NULL REFERENCES users (id), kind text NOT NULL,
  team_id {uuid}, token_hash text NOT NULL, created_at bigint NOT NULL,
  last_used_at bigint, revoked_at bigint);
CREATE UNIQUE INDEX feeds_hash ON feeds (token_hash);
CREATE INDEX feeds_user ON feeds (user_id);
