CREATE VIRTUAL TABLE search_fts USING fts5(audience, body, surface, near, content='', contentless_delete=1, prefix='2 3', tokenize="ascii tokenchars '_'");
