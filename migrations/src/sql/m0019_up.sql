CREATE INDEX updates_audience ON updates (audience_id, published_at, id);
CREATE INDEX updates_unpublished ON updates (author_id, created_at, id) WHERE publish_state <> 'published';
CREATE INDEX updates_scheduled ON updates (publish_at) WHERE publish_state = 'scheduled';
DROP INDEX updates_publish;
CREATE INDEX comments_open ON comments (audience_id, created_at)
  WHERE resolved_at IS NULL AND assignee_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX plan_items_end ON plan_items (check_in_id, COALESCE(settled_at, 9223372036854775807));
