//! Removes the bytes of a deleted update, then the rows that name them: nobody reads a deleted one.

use meridian_blobs::layout;
use meridian_domain::ids::UpdateId;
use meridian_store::repo::{jobs, processing};

use crate::context::Context;
use crate::error::JobError;
use crate::job::Job;

pub(super) async fn run(context: &Context, job: &Job, update: UpdateId) -> Result<(), JobError> {
    let lease = job.lease();
    let Some(uploads) = processing::objects_of(context.store.reader(), update).await? else {
        // Restored in time.
        let tx = context.store.write().await?;
        jobs::finish(&tx, lease).await?;
        return Ok(tx.commit().await?);
    };
    // Objects before rows: an attempt that dies in between finds the uploads' names again.
    for upload in uploads {
        context.blobs.delete_prefix(&layout::upload_prefix(upload.0)).await?;
    }
    context.blobs.delete_prefix(&layout::original_prefix(update.0)).await?;
    context.blobs.delete_prefix(&layout::media_prefix(update.0)).await?;
    let tx = context.store.write().await?;
    processing::purged(&tx, lease, update).await?;
    processing::purge_done(&tx, lease, update).await?;
    Ok(tx.commit().await?)
}
