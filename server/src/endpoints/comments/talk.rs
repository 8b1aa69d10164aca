//! GET, POST `/comments/{c}/talk`, POST `/comments/{c}/talk/close`: talking live on a thread.

use actix_web::{HttpResponse, get, post, web};
use garde::Validate;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use meridian_domain::enums::{CommentKind, EventKind, Priority};
use meridian_domain::ids::{CommentId, UserId};
use meridian_domain::working_time::{WorkingHours, next_common};
use meridian_store::Conn;
use meridian_store::repo::comments::{self, NewComment, RowComment};
use meridian_store::repo::updates::{self, RowUpdate};
use meridian_store::repo::working;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CommentView, check, tell_of, visible};
use crate::auth::Auth;
use crate::endpoints::check_ins::next::local;
use crate::endpoints::teams::agreement::Agreement;
use crate::endpoints::updates::view::PersonView;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, etag};
use crate::markdown;
use crate::state::AppState;

/// How far ahead a common time is looked for.
pub(crate) const WITHIN_DAYS: i64 = 14;
/// How long it has to be.
pub(crate) const LEAST_MS: i64 = 15 * 60_000;

/// Somebody in the thread, and the common time on their clock.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TalkPerson)]
pub struct TalkPersonView {
    /// Who.
    user: PersonView,
    /// The common time's start there, RFC 3339 with offset.
    starts_local: Option<String>,
    /// Its end.
    ends_local: Option<String>,
}

/// When the people of a thread can talk live, and where.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Talk)]
pub struct TalkView {
    /// Who is in the thread, and the viewer.
    people: Vec<TalkPersonView>,
    /// When all of them work next, for at least fifteen minutes; null: not within `within_days`.
    #[schema(value_type = Option<String>, format = DateTime)]
    starts_at: Option<Timestamp>,
    /// When the first of them stops working.
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Timestamp>,
    /// How many days ahead was looked.
    within_days: i64,
    /// Where the team meets live.
    call_url: Option<String>,
    /// Since when the people of the thread are asked to talk live; null: they are not.
    #[schema(value_type = Option<String>, format = DateTime)]
    opened_at: Option<Timestamp>,
}

/// What came of a talk.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = TalkOutcome)]
pub struct OutcomeBody {
    /// Markdown; kept as a decision in the thread.
    #[garde(length(chars, min = 1, max = check::MAX_BODY))]
    outcome: String,
}

/// The first comment of the comment's thread, and its update, if the viewer sees it.
async fn root(conn: &impl Conn, auth: &Auth, id: CommentId) -> ApiResult<(RowComment, RowUpdate)> {
    let (row, update) = visible(conn, auth, id).await?;
    match row.parent_id {
        None => Ok((row, update)),
        Some(parent) => visible(conn, auth, parent).await,
    }
}

async fn view(
    state: &AppState,
    conn: &impl Conn,
    auth: &Auth,
    row: &RowComment,
    update: &RowUpdate,
) -> ApiResult<TalkView> {
    let mut people = comments::thread_people(conn, row, update).await?;
    people.insert(auth.user);
    let people: Vec<UserId> = people.into_iter().collect();
    let names = updates::people(conn, &people).await?;
    let hours = working::hours_of(conn, &people).await?;
    let all: Vec<_> = hours.values().cloned().collect();
    let common = next_common(&all, state.clock().now(), LEAST_MS, WITHIN_DAYS);
    let on_clock =
        |at: Option<Timestamp>, zone: Option<&TimeZone>| at.zip(zone).map(|(at, zone)| local(at, zone));
    let (starts_at, ends_at) = common.unzip();
    let person = |id: &UserId| {
        let zone = hours.get(id).map(WorkingHours::zone);
        TalkPersonView {
            user: PersonView::of(&names, *id),
            starts_local: on_clock(starts_at, zone),
            ends_local: on_clock(ends_at, zone),
        }
    };
    let opened_at = row.talk_opened_at.map(Timestamp::from_millisecond).transpose();
    Ok(TalkView {
        people: people.iter().map(person).collect(),
        starts_at,
        ends_at,
        within_days: WITHIN_DAYS,
        call_url: Agreement::of_team(conn, auth.user, update.team_id).await?.call_url,
        opened_at: opened_at.map_err(ApiError::internal)?,
    })
}

/// When everybody in the comment's thread works next, and the call's address. Nothing is begun.
#[utoipa::path(tag = "Comments", security(("bearer" = [])),
    params(("comment" = Uuid, Path, description = "A comment of the thread")),
    responses(
        (status = 200, description = "When and where", body = TalkView),
        (status = 404, description = "No such comment for you", body = Problem)))]
#[get("/comments/{comment}/talk")]
pub(crate) async fn get_talk(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<CommentId>,
) -> ApiResult<HttpResponse> {
    let conn = state.store.reader();
    let (row, update) = root(conn, &auth, path.0).await?;
    Ok(HttpResponse::Ok().json(view(&state, conn, &auth, &row, &update).await?))
}

/// Asks the people of the thread to talk live; they are told once.
#[utoipa::path(tag = "Comments", security(("bearer" = [])),
    params(("comment" = Uuid, Path, description = "A comment of the thread")),
    responses(
        (status = 200, description = "They are asked", body = TalkView),
        (status = 404, description = "No such comment for you", body = Problem)))]
#[post("/comments/{comment}/talk")]
pub(crate) async fn open_talk(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<CommentId>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let (row, update) = root(&tx, &auth, path.0).await?;
    let after = comments::open_talk(&tx, &row, auth.user).await?;
    if after != row {
        tell_of(&tx, EventKind::CommentUpdated, &update, &after).await?;
    }
    let shown = view(&state, &tx, &auth, &after, &update).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().json(shown))
}

/// Ends the talk with what came of it, which is kept as a decision in the thread.
#[utoipa::path(tag = "Comments", security(("bearer" = [])),
    params(("comment" = Uuid, Path, description = "A comment of the thread")),
    request_body = OutcomeBody,
    responses(
        (status = 201, description = "The decision", body = CommentView),
        (status = 404, description = "No such comment for you", body = Problem),
        (status = 409, description = "Nobody asked for a talk", body = Problem),
        (status = 422, description = "No outcome", body = Problem)))]
#[post("/comments/{comment}/talk/close")]
pub(crate) async fn close_talk(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<CommentId>,
    body: ApiJson<OutcomeBody>,
) -> ApiResult<HttpResponse> {
    let outcome = body.0.outcome;
    if outcome.trim().is_empty() {
        return Err(ApiError::invalid("outcome", "required", "Say what came of it."));
    }
    let tx = state.store.write().await?;
    let (row, update) = root(&tx, &auth, path.0).await?;
    if row.talk_opened_at.is_none() {
        return Err(ApiError::conflict("Nobody asks to talk live here."));
    }
    let after = comments::close_talk(&tx, &row).await?;
    tell_of(&tx, EventKind::CommentUpdated, &update, &after).await?;
    let decision = NewComment {
        author_id: auth.user,
        guest: None,
        body_html: markdown::to_html(&outcome),
        body: outcome,
        at_ms: row.at_ms,
        end_ms: None,
        kind: CommentKind::Decision,
        parent_id: Some(row.id),
        assignee_id: None,
        due_on: None,
        expected_by: None,
        mentions: Vec::new(),
        priority: Priority::Normal,
    };
    let made = comments::insert(&tx, &update, &decision).await?;
    let shown = tell_of(&tx, EventKind::CommentCreated, &update, &made).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().insert_header(etag(made.version)).json(shown))
}
