//! GET `/admin/mails`, POST `/admin/mails/{m}/retry`: the outbox of mail, for whoever runs the instance. What mails say is
//! not kept and not shown.

use actix_web::{HttpResponse, get, post, web};
use jiff::Timestamp;
use meridian_domain::enums::{MailKind, SendState};
use meridian_domain::ids::{MailId, UserId};
use meridian_store::repo::mails;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{check, instant};
use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, ApiQuery, Page, PageQuery, cut};
use crate::state::AppState;

/// A mail of the outbox.
#[derive(Serialize, ToSchema)]
#[schema(as = OutboxMail)]
pub struct MailView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: MailId,
    /// To whom.
    #[schema(value_type = Uuid)]
    pub user_id: UserId,
    /// `thread` or `digest`.
    #[schema(value_type = String)]
    pub kind: MailKind,
    /// `queued`, `sending`, `sent`, `skipped` or `dead`.
    #[schema(value_type = String)]
    pub state: SendState,
    /// How often it was tried.
    pub attempts: i64,
    /// What the mail server said last.
    pub error: Option<String>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Since when it is settled.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
}

/// Which mails.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MailQuery {
    /// `dead` where not given.
    #[param(value_type = Option<String>)]
    state: Option<SendState>,
    /// How many, 1..100; 25 where not given.
    limit: Option<i64>,
    /// Where to begin: the last page's `next_cursor`.
    cursor: Option<String>,
}

/// Mails in a state, newest first: by default those that were given up.
#[utoipa::path(tag = "Administration", security(("bearer" = [])), params(MailQuery), responses(
    (status = 200, description = "A page", body = Page<MailView>), (status = 401, body = Problem),
    (status = 404, description = "For others than whoever runs the instance", body = Problem)))]
#[get("/admin/mails")]
pub(super) async fn list(
    state: web::Data<AppState>,
    auth: Auth,
    query: ApiQuery<MailQuery>,
) -> ApiResult<web::Json<Page<MailView>>> {
    let conn = state.store.reader();
    check(conn, &auth).await?;
    let MailQuery { state: wanted, limit, cursor } = query.0;
    let wanted = wanted.unwrap_or(SendState::Dead);
    let (name, page) = (format!("mails/{wanted}"), PageQuery { limit, cursor });
    let (after, limit) = (page.position::<(i64, Uuid)>(&state.keys, &name)?, page.limit()?);
    let mut rows = mails::in_state(conn, wanted, after, limit.saturating_add(1)).await?;
    let next_cursor = cut(&state.keys, &name, &mut rows, limit, |row| (row.created_at, row.id.0))?;
    let items = rows.into_iter().map(show).collect::<Result<_, _>>()?;
    Ok(web::Json(Page { items, next_cursor }))
}

fn show(mail: mails::Mail) -> ApiResult<MailView> {
    Ok(MailView {
        id: mail.id,
        user_id: mail.user_id,
        kind: mail.kind,
        state: mail.state,
        attempts: mail.attempt,
        error: mail.last_error.filter(|words| !words.is_empty()),
        created_at: instant(mail.created_at)?,
        finished_at: mail.finished_at.map(instant).transpose()?,
    })
}

/// Sends a given-up mail again, under the same Message-ID, if it still has something to say.
#[utoipa::path(tag = "Administration", security(("bearer" = [])),
    params(("mail" = Uuid, Path, description = "The mail")), responses(
    (status = 202, description = "Queued"), (status = 401, body = Problem),
    (status = 404, description = "No such given-up mail, or for others than whoever runs the instance", body = Problem)))]
#[post("/admin/mails/{mail}/retry")]
pub(super) async fn retry_mail(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<MailId>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    check(&tx, &auth).await?;
    if !mails::revive(&tx, path.0).await? {
        return Err(ApiError::not_found());
    }
    tx.commit().await?;
    Ok(HttpResponse::Accepted().finish())
}
