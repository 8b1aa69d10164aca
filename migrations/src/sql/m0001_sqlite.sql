CREATE VIRTUAL TABLE search_fts USING fts5(audience, body, content='', contentless_delete=1, prefix='2 3', tokenize="unicode61 remove_diacritics 0 tokenchars '_'");
