ALTER TABLE comments DROP COLUMN share_link_id;
ALTER TABLE comments DROP COLUMN guest_name;

DROP TABLE share_links;
