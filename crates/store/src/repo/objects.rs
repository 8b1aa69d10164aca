//! Which objects the rows name, by the update that they belong to.

use std::collections::{BTreeMap, HashSet};

use meridian_domain::ids::UpdateId;
use sea_orm::{ConnectionTrait as _, Statement, Value};
use uuid::Uuid;

use crate::{Conn, StoreError};

/// How many updates are looked at in one statement.
const BATCH: usize = 100;

/// An object that a row names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size_bytes: i64,
}

/// An update with all objects that its rows name, sorted by their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Which update.
    pub update_id: UpdateId,
    /// From when on its bytes may be gone, because it was deleted: milliseconds since 1970.
    pub purge_at_ms: Option<i64>,
    /// Its uploads, whose parts stand under their own names.
    pub uploads: Vec<Uuid>,
    /// Its objects.
    pub objects: Vec<Named>,
}

/// The next updates behind one (or the first ones) in the order of their ids; none: that was all.
pub async fn owners(conn: &impl Conn, after: Option<UpdateId>) -> Result<Vec<Owner>, StoreError> {
    let sql = format!("SELECT id, purge_at FROM updates WHERE id > ? ORDER BY id LIMIT {BATCH}");
    of_rows(conn, &sql, vec![after.map_or_else(Uuid::nil, |id| id.0).into()]).await
}

/// These updates, as far as they are there.
pub async fn of(conn: &impl Conn, ids: &[UpdateId]) -> Result<Vec<Owner>, StoreError> {
    let mut found = Vec::new();
    for batch in ids.chunks(BATCH) {
        let sql =
            format!("SELECT id, purge_at FROM updates WHERE id IN ({}) ORDER BY id", marks(batch.len()));
        found.extend(of_rows(conn, &sql, batch.iter().map(|id| id.0.into()).collect()).await?);
    }
    Ok(found)
}

fn marks(count: usize) -> String {
    vec!["?"; count].join(",")
}

async fn ask(
    conn: &impl Conn,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<sea_orm::QueryResult>, StoreError> {
    let raw = conn.raw();
    Ok(raw.query_all_raw(Statement::from_sql_and_values(raw.get_database_backend(), sql, values)).await?)
}

async fn of_rows(conn: &impl Conn, sql: &str, values: Vec<Value>) -> Result<Vec<Owner>, StoreError> {
    let mut owners: BTreeMap<Uuid, Owner> = BTreeMap::new();
    for row in ask(conn, sql, values).await? {
        let id: Uuid = row.try_get_by_index(0)?;
        let purge_at_ms = row.try_get_by_index(1)?;
        let (uploads, objects) = (Vec::new(), Vec::new());
        owners.insert(id, Owner { update_id: id.into(), purge_at_ms, uploads, objects });
    }
    if owners.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Value> = owners.keys().map(|id| Value::from(*id)).collect();
    let these = marks(ids.len());
    let made =
        "JOIN renditions r ON r.id = o.rendition_id JOIN media_generations g ON g.id = r.generation_id";
    let sql = format!(
        "SELECT p.update_id, p.id, o.object_key, o.size_bytes FROM uploads p \
            LEFT JOIN upload_chunks o ON o.upload_id = p.id WHERE p.update_id IN ({these}) \
         UNION ALL SELECT g.update_id, NULL, o.object_key, o.size_bytes FROM segments o {made} WHERE g.update_id IN ({these}) \
         UNION ALL SELECT g.update_id, NULL, o.object_key, o.size_bytes FROM rendition_inits o {made} \
            WHERE g.update_id IN ({these}) \
         UNION ALL SELECT g.update_id, NULL, r.init_key, r.init_bytes FROM renditions r \
            JOIN media_generations g ON g.id = r.generation_id WHERE g.update_id IN ({these}) \
         UNION ALL SELECT g.update_id, NULL, o.object_key, o.size_bytes FROM artefacts o \
            JOIN media_generations g ON g.id = o.generation_id WHERE g.update_id IN ({these})"
    );
    let values = std::iter::repeat_n(ids, 5).flatten().collect();
    for row in ask(conn, &sql, values).await? {
        let Some(owner) = owners.get_mut(&row.try_get_by_index::<Uuid>(0)?) else { continue };
        owner.uploads.extend(row.try_get_by_index::<Option<Uuid>>(1)?);
        let (key, size) =
            (row.try_get_by_index::<Option<String>>(2)?, row.try_get_by_index::<Option<i64>>(3)?);
        if let Some((key, size_bytes)) = key.zip(size) {
            owner.objects.push(Named { key, size_bytes });
        }
    }
    for owner in owners.values_mut() {
        owner.objects.sort();
        owner.objects.dedup();
        owner.uploads.sort_unstable();
        owner.uploads.dedup();
    }
    Ok(owners.into_values().collect())
}

/// Those of some ids that are no update's and no upload's.
pub async fn unknown(conn: &impl Conn, ids: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let mut known = HashSet::new();
    for batch in ids.chunks(BATCH) {
        let these = marks(batch.len());
        let sql = format!(
            "SELECT id FROM updates WHERE id IN ({these}) UNION ALL SELECT id FROM uploads WHERE id IN ({these})"
        );
        let values = batch.iter().chain(batch).map(|id| Value::from(*id)).collect();
        for row in ask(conn, &sql, values).await? {
            known.insert(row.try_get_by_index::<Uuid>(0)?);
        }
    }
    Ok(ids.iter().filter(|id| !known.contains(id)).copied().collect())
}
