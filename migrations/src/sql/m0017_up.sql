ALTER TABLE watches ADD COLUMN played_ranges text NOT NULL DEFAULT '[]';
ALTER TABLE watches ADD COLUMN replayed_ranges text NOT NULL DEFAULT '[]';
