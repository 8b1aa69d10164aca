//! The kinds of jobs, one file each.

mod add_rung;
mod process_update;
mod purge_update;
mod tidy_upload;
mod transcribe_update;

pub(crate) use process_update::park;

use meridian_store::repo::jobs::Payload;

use crate::context::Context;
use crate::error::JobError;
use crate::figures;
use crate::job::Job;

/// Does what a job asks for. `Ok`: its end is written.
pub(crate) async fn run(context: &Context, job: &Job) -> Result<(), JobError> {
    match &job.claimed.payload {
        // By far the largest of them: the others need not make room for it.
        Payload::ProcessUpdate { update_id, .. } => {
            Box::pin(process_update::run(context, job, *update_id)).await
        }
        Payload::TranscribeUpdate { update_id, language, .. } => {
            transcribe_update::run(context, job, *update_id, language.clone()).await
        }
        Payload::PurgeUpdate { update_id, .. } => {
            figures::phase(context, "purge", purge_update::run(context, job, *update_id)).await
        }
        Payload::AddRung { update_id, .. } => {
            figures::phase(context, "rung", add_rung::run(context, job, *update_id)).await
        }
        Payload::TidyUpload { update_id, .. } => {
            figures::phase(context, "tidy", tidy_upload::run(context, job, *update_id)).await
        }
        Payload::ForgetParts { update_id, .. } => tidy_upload::forget(context, job, *update_id).await,
    }
}
