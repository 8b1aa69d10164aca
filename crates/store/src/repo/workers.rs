//! Worker processes that are alive, for administrators.

use sea_orm::{EntityTrait, QueryOrder};

use super::jobs::{database_now_ms, execute};
use crate::entity::workers;
use crate::{Conn, StoreError, Tx};

/// A worker process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    /// Its name, new with each start.
    pub id: String,
    /// Its build.
    pub version: String,
    /// Media jobs at the same time.
    pub slots: i64,
    /// The speech model that it found.
    pub model: Option<String>,
    /// Milliseconds since 1970, the database's real time.
    pub started_at_ms: i64,
    /// The same: when it last said that it is alive.
    pub seen_at_ms: i64,
}

/// A worker says that it is alive.
pub async fn alive(
    tx: &Tx,
    id: &str,
    version: &str,
    slots: i64,
    model: Option<&str>,
) -> Result<(), StoreError> {
    let now_ms = database_now_ms(tx).await?;
    let sql = "INSERT INTO workers (id, version, slots, model, started_at, seen_at) VALUES (?, ?, ?, ?, ?, ?) \
        ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, model = excluded.model";
    let values = [id.into(), version.into(), slots.into(), model.into(), now_ms.into(), now_ms.into()];
    execute(tx, sql, values).await?;
    // Those that were killed leave their row; an hour later nobody asks for it.
    execute(tx, "DELETE FROM workers WHERE seen_at < ?", [(now_ms - 3_600_000).into()]).await?;
    Ok(())
}

/// A worker ends.
pub async fn gone(tx: &Tx, id: &str) -> Result<(), StoreError> {
    execute(tx, "DELETE FROM workers WHERE id = ?", [id.into()]).await?;
    Ok(())
}

/// All that were heard of in the last hour, newest first.
pub async fn all(conn: &impl Conn) -> Result<Vec<Worker>, StoreError> {
    let rows = workers::Entity::find().order_by_desc(workers::Column::StartedAt).all(conn.raw()).await?;
    let worker = |r: workers::Model| Worker {
        id: r.id,
        version: r.version,
        slots: r.slots,
        model: r.model,
        started_at_ms: r.started_at,
        seen_at_ms: r.seen_at,
    };
    Ok(rows.into_iter().map(worker).collect())
}
