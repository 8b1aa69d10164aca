//! POST `/unsubscribe/{token}`: one click, no sign-in (RFC 8058).

use actix_web::{HttpResponse, web};
use meridian_domain::enums::{MailKind, NotificationKind};
use meridian_store::repo::notifications;

use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use crate::tell::mail::unsubscribe::read;

/// Ends the digest, mail about threads, or reminders by mail, for the token's owner. Twice is as good as once.
pub(super) async fn unsubscribe(
    state: web::Data<AppState>,
    path: web::Path<String>,
) -> ApiResult<HttpResponse> {
    let (user, kind) = read(&state.keys, &path).ok_or_else(ApiError::not_found)?;
    let tx = state.store.write().await?;
    let mut settings = notifications::settings(&tx, user).await?.settings.complete();
    match kind {
        MailKind::Digest => settings.digest = false,
        MailKind::Thread | MailKind::Round => {
            for (about, ways) in &mut settings.kinds {
                let reminds = *about == NotificationKind::Round;
                ways.email = ways.email && reminds != (kind == MailKind::Round);
            }
        }
    }
    notifications::put_settings(&tx, user, &settings).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("No more of this mail comes.\n"))
}
