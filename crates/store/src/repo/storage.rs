//! What each workspace's objects take, for whoever runs the instance.

use meridian_domain::ids::WorkspaceId;
use sea_orm::{ConnectionTrait as _, Statement};
use uuid::Uuid;

use crate::{Conn, StoreError};

/// What a workspace takes, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Which workspace.
    pub workspace_id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Updates that are there.
    pub updates: i64,
    /// Those that were deleted and whose bytes wait for the end of the grace time.
    pub deleted_updates: i64,
    /// Originals as they were uploaded: what the quota counts.
    pub original_bytes: i64,
    /// Renditions, pictures and everything else that was made of them.
    pub made_bytes: i64,
    /// The most that originals may take; `None`: no limit.
    pub quota_bytes: Option<i64>,
}

/// All workspaces, the largest first. Reads a row a segment: for a page that is opened seldom.
pub async fn by_workspace(conn: &impl Conn) -> Result<Vec<Use>, StoreError> {
    let raw = conn.raw();
    let sql = "WITH made (update_id, bytes) AS (\
          SELECT r.update_id, s.size_bytes FROM segments s JOIN renditions r ON r.id = s.rendition_id \
          UNION ALL SELECT r.update_id, i.size_bytes FROM rendition_inits i JOIN renditions r ON r.id = i.rendition_id \
          UNION ALL SELECT update_id, size_bytes FROM artefacts), \
        sizes (workspace_id, bytes) AS (SELECT u.workspace_id, CAST(SUM(m.bytes) AS bigint) \
          FROM made m JOIN updates u ON u.id = m.update_id GROUP BY u.workspace_id), \
        counts (workspace_id, alive, deleted) AS (SELECT workspace_id, \
          SUM(CASE WHEN deleted_at IS NULL THEN 1 ELSE 0 END), SUM(CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END) \
          FROM updates GROUP BY workspace_id) \
        SELECT w.id, w.name, COALESCE(c.alive, 0), COALESCE(c.deleted, 0), w.used_bytes, COALESCE(s.bytes, 0), \
          w.quota_bytes FROM workspaces w LEFT JOIN sizes s ON s.workspace_id = w.id \
          LEFT JOIN counts c ON c.workspace_id = w.id WHERE w.deleted_at IS NULL \
        ORDER BY w.used_bytes + COALESCE(s.bytes, 0) DESC, w.id";
    let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await?;
    let read = |row: sea_orm::QueryResult| -> Result<Use, StoreError> {
        Ok(Use {
            workspace_id: row.try_get_by_index::<Uuid>(0)?.into(),
            name: row.try_get_by_index(1)?,
            updates: row.try_get_by_index(2)?,
            deleted_updates: row.try_get_by_index(3)?,
            original_bytes: row.try_get_by_index(4)?,
            made_bytes: row.try_get_by_index(5)?,
            quota_bytes: row.try_get_by_index(6)?,
        })
    };
    rows.into_iter().map(read).collect()
}
