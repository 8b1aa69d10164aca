CREATE TABLE search_terms (row_id bigint PRIMARY KEY NOT NULL, terms tsvector NOT NULL);
CREATE INDEX search_terms_terms ON search_terms USING gin (terms);
