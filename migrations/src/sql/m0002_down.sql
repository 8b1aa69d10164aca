DROP TABLE IF EXISTS failed_attempts;
DROP INDEX IF EXISTS comments_author;
DROP INDEX IF EXISTS comments_kind;
