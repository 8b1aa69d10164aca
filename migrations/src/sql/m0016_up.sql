CREATE TABLE identities (
  issuer text NOT NULL, subject text NOT NULL, user_id {uuid} NOT NULL REFERENCES users (id),
  created_at bigint NOT NULL, PRIMARY KEY (issuer, subject));
CREATE UNIQUE INDEX identities_user ON identities (user_id, issuer);

CREATE TABLE sign_in_attempts (
  state_hash text PRIMARY KEY NOT NULL, browser_hash text NOT NULL, return_to text NOT NULL, time_zone text NOT NULL,
  invite_hash text, expires_at bigint NOT NULL);
CREATE INDEX sign_in_attempts_end ON sign_in_attempts (expires_at);

CREATE TABLE figures (
  name text NOT NULL, label text NOT NULL, times bigint NOT NULL, total double precision NOT NULL,
  PRIMARY KEY (name, label));
