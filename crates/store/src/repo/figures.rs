//! Totals of what workers did. They are rows, so that every server can tell Prometheus of all workers, and workers need
//! no door of their own.

use sea_orm::{ConnectionTrait, Statement};

use super::jobs::execute;
use crate::{Conn, StoreError, Tx};

/// Seconds that phases of jobs took; the label is the phase.
pub const JOB_PHASE_SECONDS: &str = "job_phase_seconds";
/// Seconds that the recogniser took.
pub const TRANSCRIPTION_SECONDS: &str = "transcription_seconds";
/// Seconds of sound that it listened to meanwhile.
pub const TRANSCRIBED_AUDIO_SECONDS: &str = "transcribed_audio_seconds";

/// A total.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Of what.
    pub name: String,
    /// Of which part of it; empty where there are none.
    pub label: String,
    /// How often something was added.
    pub times: i64,
    /// The sum.
    pub total: f64,
}

/// Adds to a total.
pub async fn add(tx: &Tx, name: &str, label: &str, value: f64) -> Result<(), StoreError> {
    let sql = "INSERT INTO figures (name, label, times, total) VALUES (?, ?, 1, ?) ON CONFLICT (name, label) \
        DO UPDATE SET times = figures.times + 1, total = figures.total + excluded.total";
    execute(tx, sql, [name.into(), label.into(), value.into()]).await?;
    Ok(())
}

/// All totals, by name and label.
pub async fn all(conn: &impl Conn) -> Result<Vec<Figure>, StoreError> {
    let raw = conn.raw();
    let sql = "SELECT name, label, times, total FROM figures ORDER BY name, label";
    let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await?;
    let figure = |row: &sea_orm::QueryResult| {
        Ok(Figure {
            name: row.try_get_by_index(0)?,
            label: row.try_get_by_index(1)?,
            times: row.try_get_by_index(2)?,
            total: row.try_get_by_index(3)?,
        })
    };
    rows.iter().map(figure).collect()
}
