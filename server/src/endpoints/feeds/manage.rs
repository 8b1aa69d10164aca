//! POST, GET, DELETE `/me/feeds`.

use actix_web::http::header;
use actix_web::{HttpResponse, delete, get, post, web};
use garde::Validate;
use jiff::Timestamp;
use meridian_domain::enums::FeedKind;
use meridian_domain::ids::{FeedId, TeamId};
use meridian_store::repo::{feeds, updates};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::auth::keys::random_token;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, Page, PageQuery, Pages};
use crate::state::AppState;

/// How many feeds one person may have.
const MOST: usize = 100;

/// What a feed is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FeedKind)]
pub enum KindWord {
    /// A team's sound, for podcast players.
    Podcast,
    /// Due times, for calendars.
    Due,
}

/// A feed to make.
#[derive(Debug, Deserialize, ToSchema, Validate)]
pub struct NewFeed {
    /// What it is.
    #[garde(skip)]
    #[schema(value_type = KindWord)]
    kind: FeedKind,
    /// A podcast's team.
    #[garde(skip)]
    #[schema(value_type = Option<Uuid>)]
    team_id: Option<TeamId>,
}

/// A feed.
#[derive(Serialize, ToSchema)]
#[schema(as = Feed)]
pub struct FeedView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: FeedId,
    /// What it is.
    #[schema(value_type = KindWord)]
    pub kind: FeedKind,
    /// A podcast's team.
    #[schema(value_type = Option<Uuid>)]
    pub team_id: Option<TeamId>,
    /// The complete address with its token, shown this once. Whoever has it reads what you may read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub url: Option<String>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

fn show(feed: &feeds::Feed, url: Option<String>) -> FeedView {
    FeedView { id: feed.id, kind: feed.kind, team_id: feed.team_id, url, created_at: feed.created_at }
}

/// Makes a feed. Its address is in this answer only.
#[utoipa::path(tag = "Feeds", security(("bearer" = [])), request_body = NewFeed, responses(
    (status = 201, description = "Made", body = FeedView), (status = 401, body = Problem),
    (status = 403, description = "With an API token", body = Problem),
    (status = 404, description = "No such team for you", body = Problem),
    (status = 409, description = "There are too many", body = Problem),
    (status = 422, description = "A field is not valid", body = Problem)))]
#[post("/me/feeds")]
pub(crate) async fn create(
    state: web::Data<AppState>,
    auth: Auth,
    body: ApiJson<NewFeed>,
) -> ApiResult<HttpResponse> {
    auth.require_session()?;
    let NewFeed { kind, team_id } = body.0;
    let tx = state.store.write().await?;
    match (kind, team_id) {
        (FeedKind::Podcast, None) => return Err(ApiError::invalid("team_id", "required", "Of which team?")),
        (FeedKind::Due, Some(_)) => {
            return Err(ApiError::invalid("team_id", "invalid", "Due times are of all teams."));
        }
        (FeedKind::Podcast, Some(team)) => {
            let access = updates::team_access(&tx, auth.user, team).await?;
            if !access.is_some_and(|access| access.reads()) {
                return Err(ApiError::not_found());
            }
        }
        (FeedKind::Due, None) => {}
    }
    if feeds::list(&tx, auth.user).await?.len() >= MOST {
        return Err(ApiError::conflict("You may have at most 100 feeds. Delete some first."));
    }
    let token = random_token();
    let made = feeds::create(&tx, auth.user, kind, team_id, &state.keys.hash_token(&token)).await?;
    tx.commit().await?;
    let file = match kind {
        FeedKind::Podcast => "podcast.xml",
        FeedKind::Due => "due.ics",
    };
    let url = format!("{}/feeds/{token}/{file}", state.settings.public_url);
    Ok(HttpResponse::Created()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(show(&made, Some(url))))
}

/// One's feeds, without their addresses.
#[utoipa::path(tag = "Feeds", security(("bearer" = [])), params(PageQuery), responses(
    (status = 200, body = Page<FeedView>), (status = 401, body = Problem)))]
#[get("/me/feeds")]
pub(crate) async fn list(state: web::Data<AppState>, auth: Auth, pages: Pages) -> ApiResult<HttpResponse> {
    let found = feeds::list(state.store.reader(), auth.user).await?;
    let items: Vec<FeedView> = found.iter().map(|feed| show(feed, None)).collect();
    Ok(HttpResponse::Ok().json(pages.of(items)?))
}

/// Ends a feed: its address leads nowhere from now on.
#[utoipa::path(tag = "Feeds", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The feed")), responses(
    (status = 204, description = "Ended"), (status = 401, body = Problem),
    (status = 403, description = "With an API token", body = Problem),
    (status = 404, description = "No such feed of yours", body = Problem)))]
#[delete("/me/feeds/{id}")]
pub(crate) async fn remove(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<FeedId>,
) -> ApiResult<HttpResponse> {
    auth.require_session()?;
    let tx = state.store.write().await?;
    if !feeds::revoke(&tx, auth.user, path.0).await? {
        return Err(ApiError::not_found());
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
