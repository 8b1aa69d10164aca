//! GET, PUT `/me/notification-settings`.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, put, web};
use garde::Validate;
use meridian_domain::enums::NotificationKind;
use meridian_domain::notify::{self, NotifySettings};
use meridian_store::repo::notifications;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::error::{ApiResult, Problem};
use crate::http::{ApiJson, Edit, check, etag};
use crate::state::AppState;

/// How a kind of notification reaches somebody.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = NotificationWays)]
pub struct Ways {
    /// It stands in the inbox.
    inbox: bool,
    /// It comes by mail.
    email: bool,
}

/// From when to when no mail comes, on one's own wall clock; it may reach over midnight.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
pub struct QuietHours {
    /// Such as `19:00`.
    #[garde(custom(check::time_of_day))]
    start: String,
    /// Such as `08:00`.
    #[garde(custom(check::time_of_day))]
    end: String,
}

/// What one wants to be told, and how. A PUT replaces it all: what is left out gets its default.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(default)]
pub struct NotificationSettings {
    /// By kind: `comment`, `round`, `reply`, `answer`, `mention`, `direct`, `ask`, `urgent`.
    #[garde(skip)]
    #[schema(value_type = std::collections::HashMap<String, Ways>)]
    kinds: BTreeMap<NotificationKind, Ways>,
    /// Whether the digest comes at the start of the working day.
    #[garde(skip)]
    digest: bool,
    /// When no mail comes; null: at any hour.
    #[garde(dive)]
    quiet_hours: Option<QuietHours>,
    /// Whether no mail comes on days off.
    #[garde(skip)]
    quiet_days_off: bool,
    /// Whether what is urgent comes all the same.
    #[garde(skip)]
    urgent_in_quiet_hours: bool,
}

impl Default for NotificationSettings {
    fn default() -> Self {
        NotifySettings::default().into()
    }
}

impl From<NotifySettings> for NotificationSettings {
    fn from(from: NotifySettings) -> Self {
        let from = from.complete();
        let ways = |ways: notify::Ways| Ways { inbox: ways.inbox, email: ways.email };
        Self {
            kinds: from.kinds.into_iter().map(|(kind, to)| (kind, ways(to))).collect(),
            digest: from.digest,
            quiet_hours: from.quiet_hours.map(|hours| QuietHours { start: hours.start, end: hours.end }),
            quiet_days_off: from.quiet_days_off,
            urgent_in_quiet_hours: from.urgent_in_quiet_hours,
        }
    }
}

impl From<NotificationSettings> for NotifySettings {
    fn from(from: NotificationSettings) -> Self {
        let ways = |ways: Ways| notify::Ways { inbox: ways.inbox, email: ways.email };
        Self {
            kinds: from.kinds.into_iter().map(|(kind, to)| (kind, ways(to))).collect(),
            digest: from.digest,
            quiet_hours: from
                .quiet_hours
                .map(|hours| notify::QuietHours { start: hours.start, end: hours.end }),
            quiet_days_off: from.quiet_days_off,
            urgent_in_quiet_hours: from.urgent_in_quiet_hours,
        }
    }
}

/// What one wants to be told, and how.
#[utoipa::path(tag = "Notifications", security(("bearer" = [])), responses(
    (status = 200, body = NotificationSettings), (status = 401, body = Problem)))]
#[get("/me/notification-settings")]
pub(crate) async fn get_settings(state: web::Data<AppState>, auth: Auth) -> ApiResult<HttpResponse> {
    let kept = notifications::settings(state.store.reader(), auth.user).await?;
    let shown = NotificationSettings::from(kept.settings);
    Ok(HttpResponse::Ok().insert_header(etag(kept.version)).json(shown))
}

/// Replaces it.
#[utoipa::path(tag = "Notifications", security(("bearer" = [])), request_body = NotificationSettings, responses(
    (status = 200, body = NotificationSettings), (status = 401, body = Problem),
    (status = 412, description = "Changed in between", body = Problem),
    (status = 422, description = "A field is not valid", body = Problem)))]
#[put("/me/notification-settings")]
pub(crate) async fn put_settings(
    state: web::Data<AppState>,
    auth: Auth,
    edit: Edit,
    body: ApiJson<NotificationSettings>,
) -> ApiResult<HttpResponse> {
    let settings = NotifySettings::from(body.0).complete();
    let tx = state.store.write().await?;
    edit.check(notifications::settings(&tx, auth.user).await?.version)?;
    let version = notifications::put_settings(&tx, auth.user, &settings).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().insert_header(etag(version)).json(NotificationSettings::from(settings)))
}
