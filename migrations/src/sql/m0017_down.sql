ALTER TABLE watches DROP COLUMN replayed_ranges;
ALTER TABLE watches DROP COLUMN played_ranges;
