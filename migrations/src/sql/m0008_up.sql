CREATE TABLE holiday_feeds (
  user_id {uuid} PRIMARY KEY NOT NULL REFERENCES users (id), url text NOT NULL, next_at bigint NOT NULL,
  read_at bigint, error text);
CREATE INDEX holiday_feeds_next ON holiday_feeds (next_at);

ALTER TABLE workspaces ADD COLUMN insights boolean NOT NULL DEFAULT true;
