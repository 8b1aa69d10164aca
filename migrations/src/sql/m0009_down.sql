ALTER TABLE plan_items DROP COLUMN pinned_by;
ALTER TABLE plan_items DROP COLUMN pinned_at;
ALTER TABLE plan_items DROP COLUMN due_on;

DROP INDEX comments_backup;
ALTER TABLE comments DROP COLUMN talk_opened_by;
ALTER TABLE comments DROP COLUMN talk_opened_at;
ALTER TABLE comments DROP COLUMN backup_id;
ALTER TABLE comments DROP COLUMN backup_told_at;
ALTER TABLE comments DROP COLUMN backup_due_at;
