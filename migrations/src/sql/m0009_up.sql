ALTER TABLE comments ADD COLUMN backup_due_at bigint;
ALTER TABLE comments ADD COLUMN backup_told_at bigint;
ALTER TABLE comments ADD COLUMN backup_id {uuid};
ALTER TABLE comments ADD COLUMN talk_opened_at bigint;
ALTER TABLE comments ADD COLUMN talk_opened_by {uuid};
CREATE INDEX comments_backup ON comments (backup_due_at);

ALTER TABLE plan_items ADD COLUMN due_on text;
ALTER TABLE plan_items ADD COLUMN pinned_at bigint;
ALTER TABLE plan_items ADD COLUMN pinned_by {uuid};
