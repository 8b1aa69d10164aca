//! `/admin`: the queue, the workers, storage and the outbox of mail, for whoever runs the instance. Of people's things they
//! show ids and sizes, nothing of what is in them.

mod jobs;
mod mails;
mod storage;
mod workers;

use jiff::Timestamp;
use meridian_store::Conn;
use meridian_store::repo::users;

use crate::auth::Auth;
use crate::error::{ApiError, ApiResult};
use crate::registry::Registry;

/// Routes under `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config.service(mails::list).service(mails::retry_mail);
    config.service(jobs::list).service(jobs::retry_job).service(jobs::cancel_job);
    config.service(workers::list).service(storage::read);
}

/// For others than whoever runs the instance there is nothing here.
async fn check(conn: &impl Conn, auth: &Auth) -> ApiResult<()> {
    auth.require_admin_scope()?;
    match users::by_id(conn, auth.user).await? {
        Some(user) if user.instance_owner => Ok(()),
        _ => Err(ApiError::not_found()),
    }
}

fn instant(ms: i64) -> ApiResult<Timestamp> {
    Timestamp::from_millisecond(ms).map_err(ApiError::internal)
}
