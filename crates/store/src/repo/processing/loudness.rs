//! Sound at one loudness: after a generation is whole, a second one with the same pictures replaces it. `ready` waits.

use meridian_domain::ids::{GenerationId, UpdateId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;

use super::media::{end_renditions, make_current};
use super::view::parts_of;
use super::{NewArtefact, PublishedPart, put_artefact, refresh};
use crate::entity::{artefacts, media_generations, renditions};
use crate::repo::jobs::{self, Lease, execute};
use crate::{Conn, StoreError, Tx, json};

/// The fact that asks for it, in decibels.
pub const WANTED_GAIN: &str = "wanted_gain_db";

/// A published rendition as it is read again.
#[derive(Clone, Debug)]
pub struct Published {
    /// `source`, `720p`, `audio`, ...
    pub name: String,
    /// Its objects in order; only the first init bytes are among them.
    pub parts: Vec<PublishedPart>,
    /// How many init bytes it has: more than one, and it cannot be read as one file.
    pub inits: usize,
}

/// By how much a generation's sound is still to be changed.
pub(super) fn wanted_gain_db(generation: &media_generations::Model) -> Result<Option<f64>, StoreError> {
    let facts: Value = json::read("media_generations.facts", &generation.facts)?;
    Ok(facts.get(WANTED_GAIN).and_then(Value::as_f64))
}

/// Whether it is.
pub(super) fn is_pending(generation: &media_generations::Model) -> Result<bool, StoreError> {
    Ok(wanted_gain_db(generation)?.is_some())
}

/// Every rendition of a generation.
pub async fn published(conn: &impl Conn, generation: GenerationId) -> Result<Vec<Published>, StoreError> {
    let rows = renditions::Entity::find()
        .filter(renditions::Column::GenerationId.eq(generation.0))
        .all(conn.raw())
        .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let (inits, parts) = parts_of(conn, row.id).await?;
        found.push(Published { name: row.name, parts, inits });
    }
    Ok(found)
}

/// The files beside a generation's segments.
pub async fn artefacts_of(
    conn: &impl Conn,
    generation: GenerationId,
) -> Result<Vec<NewArtefact>, StoreError> {
    let rows = artefacts::Entity::find()
        .filter(artefacts::Column::GenerationId.eq(generation.0))
        .all(conn.raw())
        .await?;
    let artefact = |r: artefacts::Model| NewArtefact {
        name: r.name,
        object_key: r.object_key,
        size_bytes: r.size_bytes,
        content_type: r.content_type,
    };
    Ok(rows.into_iter().map(artefact).collect())
}

/// Begins the generation that is to replace a whole one; players keep the old one until [`replace`].
pub async fn begin_replacement(tx: &Tx, lease: &Lease, update: UpdateId) -> Result<GenerationId, StoreError> {
    jobs::fence(tx, lease).await?;
    let now_ms = tx.clock().now_ms();
    let sql = "UPDATE media_generations SET state = 'failed', frozen_at = ? WHERE update_id = ? \
        AND state = 'building'";
    execute(tx, sql, [now_ms.into(), update.0.into()]).await?;
    let id = GenerationId::new(tx.clock());
    let row = media_generations::ActiveModel {
        id: Set(id.0),
        update_id: Set(update.0),
        job_id: Set(Some(lease.job_id.0)),
        attempt: Set(lease.attempt),
        state: Set("building".to_owned()),
        ended: Set(false),
        source_bytes: Set(0),
        facts: Set("{}".to_owned()),
        created_at: Set(now_ms),
        frozen_at: Set(None),
    };
    media_generations::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    Ok(id)
}

/// The replacement is whole: players move to it, and what was made from the old one belongs to it.
pub async fn replace(
    tx: &Tx,
    lease: &Lease,
    update: UpdateId,
    old: GenerationId,
    new: GenerationId,
    beside: &[NewArtefact],
) -> Result<(), StoreError> {
    jobs::fence(tx, lease).await?;
    let Some(before) = media_generations::Entity::find_by_id(old.0).one(tx.raw()).await? else {
        return Err(StoreError::Conflict { what: "the media's generation" });
    };
    for artefact in beside {
        put_artefact(tx, lease, update, new, artefact).await?;
    }
    end_renditions(tx, new).await?;
    let sql = "UPDATE media_generations SET ended = TRUE, source_bytes = ?, facts = ? WHERE id = ?";
    let facts = without_wish(&before)?;
    execute(tx, sql, [before.source_bytes.into(), facts.into(), new.0.into()]).await?;
    let sql = "UPDATE transcripts SET generation_id = ? WHERE update_id = ? AND generation_id = ?";
    execute(tx, sql, [new.0.into(), update.0.into(), old.0.into()]).await?;
    make_current(tx, update, new).await?;
    refresh(tx, update).await?;
    Ok(())
}

/// The sound stays as it is: that fails no update.
pub async fn keep_loudness(
    tx: &Tx,
    lease: &Lease,
    update: UpdateId,
    generation: GenerationId,
) -> Result<(), StoreError> {
    jobs::fence(tx, lease).await?;
    if let Some(row) = media_generations::Entity::find_by_id(generation.0).one(tx.raw()).await? {
        forget_wish(tx, &row).await?;
    }
    refresh(tx, update).await?;
    Ok(())
}

/// Nobody will change the sound any more.
pub(super) async fn forget_wish(tx: &Tx, generation: &media_generations::Model) -> Result<(), StoreError> {
    let sql = "UPDATE media_generations SET facts = ? WHERE id = ?";
    execute(tx, sql, [without_wish(generation)?.into(), generation.id.into()]).await?;
    Ok(())
}

fn without_wish(generation: &media_generations::Model) -> Result<String, StoreError> {
    let mut facts: Value = json::read("media_generations.facts", &generation.facts)?;
    if let Some(facts) = facts.as_object_mut() {
        facts.remove(WANTED_GAIN);
    }
    json::write("media_generations.facts", &facts)
}
