CREATE TABLE check_ins (
  id {uuid} PRIMARY KEY NOT NULL, workspace_id {uuid} NOT NULL REFERENCES workspaces (id),
  team_id {uuid} NOT NULL REFERENCES teams (id), audience_id {uuid} NOT NULL REFERENCES audiences (id),
  private_to text, name text NOT NULL, prompts text NOT NULL, schedule text NOT NULL, made_on text NOT NULL,
  open_for_minutes bigint NOT NULL, remind_before text NOT NULL, expected text, max_duration_ms bigint,
  replaces_meeting_minutes bigint, created_by {uuid} NOT NULL REFERENCES users (id), created_at bigint NOT NULL,
  version bigint NOT NULL, deleted_at bigint, floor_at bigint NOT NULL, checked_at bigint NOT NULL,
  next_at bigint NOT NULL);
CREATE INDEX check_ins_team ON check_ins (team_id);
CREATE INDEX check_ins_next ON check_ins (next_at);

CREATE TABLE rounds (
  id {uuid} PRIMARY KEY NOT NULL, check_in_id {uuid} NOT NULL REFERENCES check_ins (id), workspace_id {uuid} NOT NULL,
  team_id {uuid} NOT NULL, audience_id {uuid} NOT NULL REFERENCES audiences (id), held_on text NOT NULL,
  state text NOT NULL, name text NOT NULL, prompts text NOT NULL, replaces_meeting_minutes bigint,
  opened_at bigint NOT NULL, closes_at bigint NOT NULL, closed_at bigint);
CREATE UNIQUE INDEX rounds_date ON rounds (check_in_id, held_on);
CREATE INDEX rounds_state ON rounds (check_in_id, state);

CREATE TABLE round_members (
  round_id {uuid} NOT NULL REFERENCES rounds (id), user_id {uuid} NOT NULL REFERENCES users (id),
  opens_at bigint NOT NULL, due_at bigint NOT NULL, opened_at bigint, excused_at bigint, away boolean NOT NULL,
  PRIMARY KEY (round_id, user_id));
CREATE INDEX round_members_user ON round_members (user_id);

CREATE TABLE round_notices (
  round_id {uuid} NOT NULL REFERENCES rounds (id), user_id {uuid} NOT NULL REFERENCES users (id),
  minutes_before bigint NOT NULL, at bigint NOT NULL, told boolean NOT NULL,
  PRIMARY KEY (round_id, user_id, minutes_before));

CREATE TABLE plan_items (
  id {uuid} PRIMARY KEY NOT NULL, check_in_id {uuid} NOT NULL REFERENCES check_ins (id),
  from_round_id {uuid} NOT NULL REFERENCES rounds (id), user_id {uuid} NOT NULL REFERENCES users (id),
  update_id {uuid} NOT NULL REFERENCES updates (id), comment_id {uuid}, text text NOT NULL, state text NOT NULL,
  settled_at bigint, created_at bigint NOT NULL);
CREATE INDEX plan_items_check_in ON plan_items (check_in_id, state);
CREATE INDEX plan_items_update ON plan_items (update_id);

CREATE TABLE absences (
  user_id {uuid} NOT NULL REFERENCES users (id), kind text NOT NULL, from_on text NOT NULL, to_on text NOT NULL,
  PRIMARY KEY (user_id, kind, from_on));

CREATE INDEX updates_round ON updates (round_id);
