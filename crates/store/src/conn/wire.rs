//! One dialect for both databases: statements are built and written as for SQLite, and their marks are numbered on
//! the way to PostgreSQL.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, Value, Values};

/// Which database is behind a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

/// What statements go through.
#[derive(Clone, Debug)]
pub struct Wire<C> {
    pub(crate) inner: C,
    pub(crate) dialect: Dialect,
}

impl<C> Wire<C> {
    fn put(&self, statement: Statement) -> Statement {
        match self.dialect {
            Dialect::Sqlite => statement,
            Dialect::Postgres => Statement {
                sql: numbered(&statement.sql),
                values: statement
                    .values
                    .map(|values| Values(values.0.into_iter().map(without_nul).collect())),
                db_backend: DbBackend::Postgres,
            },
        }
    }
}

#[async_trait::async_trait]
impl<C: ConnectionTrait> ConnectionTrait for Wire<C> {
    /// The dialect that statements are built in, whatever lies behind.
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(self.put(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(self.put(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(self.put(statement)).await
    }
}

/// PostgreSQL's texts cannot hold NUL: it becomes the mark of what cannot be shown.
fn without_nul(value: Value) -> Value {
    match value {
        Value::String(Some(text)) if text.contains('\0') => text.replace('\0', "\u{fffd}").into(),
        other => other,
    }
}

/// `?` outside of quotes becomes `$1`, `$2` and so on.
fn numbered(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 16);
    let mut quote = None;
    let mut count = 0_u32;
    for c in sql.chars() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None, '?') => {
                count += 1;
                out.push('$');
                out.push_str(&count.to_string());
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn marks_are_numbered_outside_of_quotes() {
        assert_eq!(numbered("a = ? AND b = '?''?' AND \"c?\" = ?"), "a = $1 AND b = '?''?' AND \"c?\" = $2");
        assert_eq!(numbered("SELECT 1"), "SELECT 1");
    }
}
