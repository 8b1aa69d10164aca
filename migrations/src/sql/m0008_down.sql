DROP TABLE holiday_feeds;
ALTER TABLE workspaces DROP COLUMN insights;
