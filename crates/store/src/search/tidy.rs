//! FTS5 keeps what each transaction brought as a tree of its own and joins some of them as it goes. A question asks every
//! tree: of a million rows taken in by a thousand transactions seventeen were left, and most of a search's time went into
//! them. Where much has come, all are joined to one, in steps that hold the write lock for a moment each.

use crate::{Dialect, Store, StoreError, Tx, repo};

use super::sql;

/// Smaller indexes are quick whatever they are made of.
const LEAST_ROWS: i64 = 2_000;
/// Joined anew once this part has come since, so that each row is rewritten a few times in its life.
const GROWN_BY: i64 = 4;
/// How many pages (4 KiB) one transaction writes: some milliseconds.
const STEP_PAGES: i64 = 250;
/// A total of rows among the figures: how many there were when all was one.
const FIGURE: &str = "search_tidied_rows";

/// Joins the parts of the index where that is due, for so many steps at most.
///
/// # Errors
/// The database's; nothing is lost then.
pub async fn tidy(store: &Store, steps: usize) -> Result<Tidied, StoreError> {
    let reader = store.reader();
    if crate::Conn::dialect(reader) != Dialect::Sqlite {
        return Ok(Tidied::NotDue);
    }
    let rows = repo::scalar_i64(reader, "SELECT COALESCE(MAX(row_id), 0) FROM search_rows").await?;
    let before =
        format!("SELECT CAST(COALESCE(MAX(total), 0) AS INTEGER) FROM figures WHERE name = '{FIGURE}'");
    let before = repo::scalar_i64(reader, &before).await?;
    if rows < LEAST_ROWS || rows.saturating_sub(before) < before / GROWN_BY {
        return Ok(Tidied::NotDue);
    }
    for _ in 0..steps {
        let tx = store.write().await?;
        let done = step(&tx).await?;
        if done {
            remember(&tx, rows).await?;
        }
        tx.commit().await?;
        if done {
            return Ok(Tidied::Whole);
        }
    }
    Ok(Tidied::Partly)
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tidied {
    /// Nothing had to be done.
    NotDue,
    /// There is more to do.
    Partly,
    /// The index is one.
    Whole,
}

/// `true` when nothing is left to be joined. A negative number of pages means all trees (SQLite's manual, FTS5, 6.8).
async fn step(tx: &Tx) -> Result<bool, StoreError> {
    let changes = "SELECT total_changes()";
    let before = repo::scalar_i64(tx, changes).await?;
    let merge = "INSERT INTO search_fts (search_fts, rank) VALUES ('merge', ?)";
    sql::execute(tx, merge, [(-STEP_PAGES).into()]).await?;
    Ok(repo::scalar_i64(tx, changes).await?.saturating_sub(before) < 2)
}

async fn remember(tx: &Tx, rows: i64) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO figures (name, label, times, total) VALUES ('{FIGURE}', '', 1, ?) ON CONFLICT (name, label) \
         DO UPDATE SET times = figures.times + 1, total = excluded.total"
    );
    sql::execute(tx, &sql, [rows.into()]).await
}

/// Forgets when it was done last: the index was made anew.
pub(super) async fn forget(tx: &Tx) -> Result<(), StoreError> {
    sql::execute(tx, "DELETE FROM figures WHERE name = ?", [FIGURE.into()]).await
}
