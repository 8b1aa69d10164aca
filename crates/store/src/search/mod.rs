//! Search: one tokenizer and stemmer for what is indexed, what is asked and what is highlighted.
//!
//! A row of the index is a title, a body, a comment or one segment of a transcript. Of a row the index
//! (FTS5 on SQLite, `tsvector` on PostgreSQL) holds four columns:
//! `audience` (who may see it, and the facets that filters ask for), `body` (its stems, in order), `surface` (its
//! words as written where they differ from their stem, and joined compounds), and `near` (stems and words of the
//! neighbouring segments, so that the words of a query may spread over them). It finds candidates; what a query
//! means is decided by `pattern` on the row's text, which also makes the highlights.

mod candidates;
mod condition;
mod correct;
mod engine;
mod filters;
mod find;
mod fold;
mod fts5;
mod index;
mod language;
mod like;
mod near;
mod pattern;
mod plain;
mod query;
mod rank;
mod results;
mod rows;
mod show;
mod sql;
#[cfg(test)]
mod tests;
mod tidy;
mod tokens;
mod tsvector;
mod vocabulary;

pub use find::{Position, Request, search};
pub(crate) use like::like;
pub use query::{Query, QueryError, start_ms};
pub use results::{Correction, Found, Hit, HitSource, Item};
pub use tidy::{Tidied, tidy};

pub(crate) use index::{comment, refill, remove, remove_comment, segments, update};
