//! An upload that came in many small parts is rewritten in parts of 8 MiB, which read faster. The old parts go later,
//! when nobody can be reading them any more.

use std::collections::HashSet;

use futures::TryStreamExt as _;
use meridian_blobs::{Key, ObjectSequence, Part, layout};
use meridian_domain::ids::UpdateId;
use meridian_store::repo::jobs;
use meridian_store::repo::processing::{self, Chunk, LARGE_PART_BYTES};
use uuid::Uuid;

use crate::context::Context;
use crate::error::JobError;
use crate::job::Job;

pub(super) async fn run(context: &Context, job: &Job, update: UpdateId) -> Result<(), JobError> {
    let Some((upload, parts)) = processing::small_parts(context.store.reader(), update).await? else {
        return finish(context, job).await;
    };
    let mut sequence = ObjectSequence::new(context.blobs.clone(), []);
    for part in &parts {
        let size_bytes = u64::try_from(part.size_bytes)?;
        sequence.push(Part { key: Key::parse(&part.object_key)?, size_bytes });
    }
    let rewritten = rewrite(context, update, &sequence).await?;
    let tx = context.store.write().await?;
    processing::replace_parts(&tx, job.lease(), update, upload, &rewritten).await?;
    jobs::finish(&tx, job.lease()).await?;
    Ok(tx.commit().await?)
}

async fn rewrite(
    context: &Context,
    update: UpdateId,
    sequence: &ObjectSequence,
) -> Result<Vec<Chunk>, JobError> {
    // A name of this attempt's own: objects are never written twice.
    let attempt = Uuid::new_v4();
    let (mut rewritten, mut start) = (Vec::new(), 0_u64);
    while start < sequence.size_bytes() {
        let end = start.saturating_add(u64::try_from(LARGE_PART_BYTES)?).min(sequence.size_bytes());
        let key = layout::original_part(update.0, attempt, u64::try_from(rewritten.len())?);
        let mut writer = context.blobs.writer(key.clone());
        let mut pieces = sequence.stream(start..end)?;
        while let Some(piece) = pieces.try_next().await? {
            writer.write(piece).await?;
        }
        writer.finish().await?;
        rewritten.push(Chunk {
            start: i64::try_from(start)?,
            size_bytes: i64::try_from(end - start)?,
            object_key: key.as_str().to_owned(),
        });
        start = end;
    }
    Ok(rewritten)
}

/// Removes objects of an upload that no row names: parts before they were rewritten, and those of attempts that died.
pub(super) async fn forget(context: &Context, job: &Job, update: UpdateId) -> Result<(), JobError> {
    if let Some((upload, parts)) = processing::named_parts(context.store.reader(), update).await? {
        let named: HashSet<String> = parts.into_iter().map(|part| part.object_key).collect();
        for prefix in [layout::upload_prefix(upload.0), layout::original_prefix(update.0)] {
            let mut listed = context.blobs.list(Some(prefix));
            while let Some(object) = listed.try_next().await? {
                if !named.contains(object.key.as_str()) {
                    context.blobs.delete(&object.key).await?;
                }
            }
        }
    }
    finish(context, job).await
}

async fn finish(context: &Context, job: &Job) -> Result<(), JobError> {
    let tx = context.store.write().await?;
    jobs::finish(&tx, job.lease()).await?;
    Ok(tx.commit().await?)
}
