DROP INDEX jobs_list;
DROP TABLE exports;
DROP TABLE retention;
