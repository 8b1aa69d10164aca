//! GET `/teams/{t}/updates` and `/workspaces/{w}/updates`.

use actix_web::{get, web};
use meridian_domain::enums::{UpdateKind, UpdateStatus};
use meridian_domain::ids::{RoundId, TeamId, UpdateId, UserId, WorkspaceId};
use meridian_store::repo::updates::{self, Drafts, FeedFilter, FeedKey, RowUpdate};
use meridian_store::repo::workspaces;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::schema::{UpdateKindWord, UpdateStatusWord};
use super::{access, render, view::UpdateView};
use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, ApiQuery, Page, PageQuery, cut};
use crate::state::AppState;

/// Which drafts are in the list.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Drafts)]
pub enum DraftsWord {
    /// Mine, with what is published.
    Mine,
    /// Mine, nothing else.
    Only,
}

/// What a feed is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FeedQuery {
    /// By this person.
    #[param(value_type = Option<Uuid>)]
    author_id: Option<UserId>,
    /// In this round.
    #[param(value_type = Option<Uuid>)]
    round_id: Option<RoundId>,
    /// Answering this update.
    #[param(value_type = Option<Uuid>)]
    reply_to_id: Option<UpdateId>,
    /// This far.
    #[param(value_type = Option<UpdateStatusWord>)]
    status: Option<UpdateStatus>,
    /// Of this kind.
    #[param(value_type = Option<UpdateKindWord>)]
    media_kind: Option<UpdateKind>,
    /// `mine`: with my drafts and scheduled updates; `only`: nothing but those.
    drafts: Option<DraftsWord>,
    /// How many, 1..100; 25 where not given.
    limit: Option<i64>,
    /// Where to begin: the last page's `next_cursor`.
    cursor: Option<String>,
}

impl FeedQuery {
    fn filter(&self) -> FeedFilter {
        FeedFilter {
            author: self.author_id,
            round: self.round_id,
            reply_to: self.reply_to_id,
            status: self.status,
            kind: self.media_kind,
            drafts: match self.drafts {
                None => Drafts::None,
                Some(DraftsWord::Mine) => Drafts::Mine,
                Some(DraftsWord::Only) => Drafts::Only,
            },
        }
    }

    fn page(&self) -> PageQuery {
        PageQuery { limit: self.limit, cursor: self.cursor.clone() }
    }
}

/// The updates of a team, newest first.
#[utoipa::path(tag = "Updates", security(("bearer" = [])),
    params(("team" = Uuid, Path, description = "The team"), FeedQuery),
    responses(
        (status = 200, description = "A page", body = Page<UpdateView>),
        (status = 404, description = "No such team for you", body = Problem)))]
#[get("/teams/{team}/updates")]
pub(crate) async fn team(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<TeamId>,
    query: ApiQuery<FeedQuery>,
) -> ApiResult<web::Json<Page<UpdateView>>> {
    let conn = state.store.pages();
    let team = access::readable_team(conn, &auth, path.0).await?.team_id;
    let list = format!("team_updates/{team}");
    let (page, filter) = (query.0.page(), query.0.filter());
    let (after, limit) = (page.position::<FeedKey>(&state.keys, &list)?, page.limit()?);
    let rows = updates::team_feed(conn, auth.user, team, &filter, after, limit.saturating_add(1)).await?;
    shown(&state, &auth, &list, rows, limit).await
}

/// The updates of all teams in a workspace that the viewer sees, newest first.
#[utoipa::path(tag = "Updates", security(("bearer" = [])),
    params(("workspace" = Uuid, Path, description = "The workspace"), FeedQuery),
    responses(
        (status = 200, description = "A page", body = Page<UpdateView>),
        (status = 404, description = "No such workspace for you", body = Problem)))]
#[get("/workspaces/{workspace}/updates")]
pub(crate) async fn workspace(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<WorkspaceId>,
    query: ApiQuery<FeedQuery>,
) -> ApiResult<web::Json<Page<UpdateView>>> {
    let conn = state.store.pages();
    let workspace = workspaces::find(conn, auth.user, path.0).await?.ok_or_else(ApiError::not_found)?.id;
    let list = format!("workspace_updates/{workspace}");
    let (page, filter) = (query.0.page(), query.0.filter());
    let (after, limit) = (page.position::<FeedKey>(&state.keys, &list)?, page.limit()?);
    let rows =
        updates::workspace_feed(conn, auth.user, workspace, &filter, after, limit.saturating_add(1)).await?;
    shown(&state, &auth, &list, rows, limit).await
}

async fn shown(
    state: &AppState,
    auth: &Auth,
    list: &str,
    mut rows: Vec<RowUpdate>,
    limit: u64,
) -> ApiResult<web::Json<Page<UpdateView>>> {
    let next_cursor = cut(&state.keys, list, &mut rows, limit, FeedKey::of)?;
    let items = render(state, state.store.pages(), auth, rows).await?;
    Ok(web::Json(Page { items, next_cursor }))
}
