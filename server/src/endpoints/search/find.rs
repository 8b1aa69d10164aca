//! GET `/search`.

use std::collections::HashMap;
use std::time::Instant;

use actix_web::{get, web};
use futures::try_join;
use jiff::tz::TimeZone;
use meridian_domain::enums::{CommentKind, UpdateKind};
use meridian_domain::ids::{TeamId, UserId, WorkspaceId};
use meridian_store::repo::search::{self, Found, HitSource, Query, Request};
use meridian_store::repo::{updates, users, workspaces};
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer::{FoundUpdate, SearchAnswer};
use crate::auth::Auth;
use crate::endpoints::updates::render;
use crate::endpoints::updates::schema::{CommentKindWord, UpdateKindWord};
use crate::error::{ApiError, ApiResult, Code, Problem};
use crate::http::{ApiQuery, Cursor, PageQuery};
use crate::state::AppState;

/// What is looked for, and where.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// In which workspace.
    #[param(value_type = Uuid)]
    workspace_id: WorkspaceId,
    /// Words, `"phrases"`, `prefix*`, `-not`, `from:`, `team:`, `before:`, `after:`, `kind:`.
    #[serde(default)]
    q: String,
    /// In this team.
    #[param(value_type = Option<Uuid>)]
    team_id: Option<TeamId>,
    /// By this person.
    #[param(value_type = Option<Uuid>)]
    author_id: Option<UserId>,
    /// In updates of this kind.
    #[param(value_type = Option<UpdateKindWord>)]
    media_kind: Option<UpdateKind>,
    /// In comments of this kind.
    #[param(value_type = Option<CommentKindWord>)]
    comment_kind: Option<CommentKind>,
    /// From this day (in your time zone) or instant on.
    after: Option<String>,
    /// Before this day or instant.
    before: Option<String>,
    /// In which texts, with commas: transcript, title, body, comment; all where not given.
    #[serde(rename = "in")]
    within: Option<String>,
    /// How many, 1..100; 25 where not given.
    limit: Option<i64>,
    /// Where to begin: the last page's `next_cursor`.
    cursor: Option<String>,
}

impl SearchQuery {
    fn sources(&self) -> ApiResult<Vec<HitSource>> {
        let names = self.within.as_deref().unwrap_or_default().split(',').map(str::trim);
        let known = |name: &str| {
            HitSource::of_name(name).ok_or_else(|| {
                ApiError::new(
                    Code::BadQuery,
                    "in takes transcript, title, body and comment, with commas between.",
                )
            })
        };
        names.filter(|name| !name.is_empty()).map(known).collect()
    }

    /// What a cursor belongs to: it continues this question and no other.
    fn list(&self, viewer: UserId) -> String {
        let Self {
            workspace_id, q, team_id, author_id, media_kind, comment_kind, after, before, within, ..
        } = self;
        format!(
            "search/{viewer}/{workspace_id}/{q:?}/{team_id:?}/{author_id:?}/{media_kind:?}/{comment_kind:?}/{after:?}/{before:?}/{within:?}"
        )
    }
}

fn instant(name: &str, value: Option<&String>, zone: &TimeZone) -> ApiResult<Option<i64>> {
    let bad =
        || ApiError::new(Code::BadQuery, format!("{name} takes a day such as 2026-05-31 or an instant."));
    value.map(|value| search::start_ms(value, zone).ok_or_else(bad)).transpose()
}

/// Finds what was said, written and answered, in everything that you may see.
#[utoipa::path(tag = "Search", security(("bearer" = [])),
    params(SearchQuery),
    responses(
        (status = 200, description = "What was found", body = SearchAnswer),
        (status = 400, description = "The query cannot be understood; says why", body = Problem),
        (status = 404, description = "No such workspace for you", body = Problem)))]
#[get("/search")]
pub async fn find(
    state: web::Data<AppState>,
    auth: Auth,
    query: ApiQuery<SearchQuery>,
) -> ApiResult<web::Json<SearchAnswer>> {
    let started = Instant::now();
    let (conn, pages) = (state.store.reader(), state.store.pages());
    let query = query.0;
    let page = PageQuery { limit: query.limit, cursor: query.cursor.clone() };
    let list = query.list(auth.user);
    let (limit, position) = (page.limit()?, page.position(&state.keys, &list)?);
    let parsed =
        Query::parse(&query.q).map_err(|error| ApiError::new(Code::BadQuery, format!("{error}.")))?;
    let sources = query.sources()?;
    let (workspace, viewer) =
        try_join!(workspaces::find(pages, auth.user, query.workspace_id), users::by_id(pages, auth.user))?;
    let (workspace, viewer) =
        (workspace.ok_or_else(ApiError::not_found)?, viewer.ok_or_else(ApiError::not_found)?);
    let zone = TimeZone::get(&viewer.time_zone).unwrap_or(TimeZone::UTC);
    let request = Request {
        team: query.team_id,
        author: query.author_id,
        media_kind: query.media_kind,
        comment_kind: query.comment_kind,
        after_ms: instant("after", query.after.as_ref(), &zone)?,
        before_ms: instant("before", query.before.as_ref(), &zone)?,
        sources,
        position,
        zone,
        ..Request::new(auth.user, workspace.id, parsed, usize::try_from(limit).unwrap_or(25))
    };
    let found = search::search(conn, &request).await?;
    let answer = shown(&state, &auth, &list, found, started).await?;
    Ok(web::Json(answer))
}

async fn shown(
    state: &AppState,
    auth: &Auth,
    list: &str,
    found: Found,
    started: Instant,
) -> ApiResult<SearchAnswer> {
    let conn = state.store.pages();
    let next_cursor = found.next.map(|next| Cursor::seal(&state.keys, list, &next)).transpose()?;
    let ids: Vec<_> = found.items.iter().map(|item| item.update_id).collect();
    // Asked again here: the right may have gone since the index was read.
    let rows = updates::find_visible_of(conn, auth.user, &ids).await?;
    let order: Vec<_> = rows.iter().map(|row| row.id).collect();
    let views = render(state, conn, auth, rows).await?;
    let mut views: HashMap<_, _> = order.into_iter().zip(views).collect();
    let items = found.items.into_iter().filter_map(|item| {
        let update = views.remove(&item.update_id)?;
        Some(FoundUpdate { update, score: item.score, hits: item.hits.into_iter().map(Into::into).collect() })
    });
    Ok(SearchAnswer {
        items: items.collect(),
        next_cursor,
        corrected: found.corrected.into_iter().map(Into::into).collect(),
        took_ms: (started.elapsed().as_secs_f64() * 10_000.0).round() / 10.0,
    })
}
