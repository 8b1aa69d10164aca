CREATE TABLE share_links (
  id {uuid} PRIMARY KEY NOT NULL, update_id {uuid} NOT NULL REFERENCES updates (id), created_by {uuid} NOT NULL,
  token_hash text NOT NULL, password_hash text, password_version bigint NOT NULL, allow_comments boolean NOT NULL,
  allow_download boolean NOT NULL, views bigint NOT NULL, last_viewed_at bigint, expires_at bigint,
  created_at bigint NOT NULL, revoked_at bigint);
CREATE UNIQUE INDEX share_links_hash ON share_links (token_hash);
CREATE INDEX share_links_update ON share_links (update_id, created_at);

ALTER TABLE comments ADD COLUMN guest_name text;
ALTER TABLE comments ADD COLUMN share_link_id {uuid};
