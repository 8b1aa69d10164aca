DROP INDEX plan_items_end;
DROP INDEX comments_open;
CREATE INDEX updates_publish ON updates (publish_state, publish_at);
DROP INDEX updates_scheduled;
DROP INDEX updates_unpublished;
DROP INDEX updates_audience;
