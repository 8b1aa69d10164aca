//! POST, GET `/updates/{u}/share-links`; PATCH, DELETE `/share-links/{id}`.

use std::collections::HashMap;

use actix_web::http::header;
use actix_web::{HttpResponse, delete, get, patch, post, web};
use garde::Validate;
use jiff::Timestamp;
use meridian_domain::ids::{ShareLinkId, TeamId, UpdateId};
use meridian_domain::policy;
use meridian_store::Conn;
use meridian_store::repo::share_links::{self, Edit, LinkKey, NewShareLink, ShareLink};
use meridian_store::repo::updates::{self, RowUpdate};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::auth::keys::random_token;
use crate::auth::{Auth, password};
use crate::endpoints::updates::access;
use crate::endpoints::workspaces::audit_log::note;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, ApiQuery, Given, Page, PageQuery, Pages, cut};
use crate::state::AppState;

/// How many links one update may have.
const MOST: usize = 100;

/// A share link to make.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = NewShareLink)]
pub struct CreateBody {
    /// From when on it leads nowhere; where not given, it lasts until it is revoked.
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// What guests have to know, at least 8 characters; where not given, nothing.
    #[garde(skip)]
    password: Option<String>,
    /// Guests read the comments on the update and write some.
    #[garde(skip)]
    #[serde(default)]
    #[schema(default = false)]
    allow_comments: bool,
    /// Guests may have the whole as a file.
    #[garde(skip)]
    #[serde(default)]
    #[schema(default = false)]
    allow_download: bool,
}

/// What changes of a share link; what is left out stays.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = ShareLinkEdit)]
pub struct EditBody {
    /// From when on it leads nowhere; null: not by itself.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Given<Timestamp>,
    /// Another password; null: none. Whoever was let in by the old one is out.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    password: Given<String>,
    /// Guests read the comments on the update and write some.
    #[garde(skip)]
    allow_comments: Option<bool>,
    /// Guests may have the whole as a file.
    #[garde(skip)]
    allow_download: Option<bool>,
}

/// A share link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShareLink)]
#[expect(clippy::struct_excessive_bools, reason = "they are what the link allows and is")]
pub struct ShareLinkView {
    /// Its id.
    #[schema(value_type = Uuid)]
    id: ShareLinkId,
    /// What it shows.
    #[schema(value_type = Uuid)]
    update_id: UpdateId,
    /// The title of that.
    update_title: String,
    /// The complete address, shown this once. Whoever has it sees the update.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    url: Option<String>,
    /// What the address ends with, shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token: Option<String>,
    /// Whether guests need a password.
    has_password: bool,
    /// Guests read the comments on the update and write some.
    allow_comments: bool,
    /// Guests may have the whole as a file.
    allow_download: bool,
    /// How often it was opened, about.
    views: i64,
    /// When it was last opened.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_viewed_at: Option<Timestamp>,
    /// From when on it leads nowhere.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// Who made it no longer sees the update, so it leads nowhere.
    forsaken: bool,
    /// Since when it exists.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

fn show(link: &ShareLink, title: &str, forsaken: bool) -> ApiResult<ShareLinkView> {
    let instant = |ms: i64| Timestamp::from_millisecond(ms).map_err(ApiError::internal);
    Ok(ShareLinkView {
        id: link.id,
        update_id: link.update_id,
        update_title: title.to_owned(),
        url: None,
        token: None,
        has_password: link.password_hash.is_some(),
        allow_comments: link.allow_comments,
        allow_download: link.allow_download,
        views: link.views,
        last_viewed_at: link.last_viewed_at.map(instant).transpose()?,
        expires_at: link.expires_at.map(instant).transpose()?,
        forsaken,
        created_at: link.created_at,
    })
}

/// What the audit log says of a link: nothing that leads to it, and no title.
fn told(link: &ShareLink) -> Value {
    json!({"update_id": link.update_id, "has_password": link.password_hash.is_some(),
        "allow_comments": link.allow_comments, "allow_download": link.allow_download})
}

/// Ahead of now, in milliseconds since 1970.
fn ahead(state: &AppState, at: Timestamp) -> ApiResult<i64> {
    if at <= state.clock().now() {
        return Err(ApiError::invalid("expires_at", "past", "This instant has passed."));
    }
    Ok(at.as_millisecond())
}

async fn hashed(text: String) -> ApiResult<String> {
    password::check_strength("password", &text)?;
    password::hash(text).await
}

/// The link and its update, if the caller may edit that.
async fn managed(conn: &impl Conn, auth: &Auth, id: ShareLinkId) -> ApiResult<(ShareLink, RowUpdate)> {
    let link = share_links::find(conn, id).await?.ok_or_else(ApiError::not_found)?;
    let update = access::managed(conn, auth, link.update_id).await?;
    Ok((link, update))
}

/// Makes a link that shows this update, and nothing else, to whoever has it: its author, an admin of its team. Its
/// address is in this answer only. A draft's link leads nowhere until it is published.
#[utoipa::path(tag = "Share", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update")),
    request_body = CreateBody, responses(
    (status = 201, description = "Made", body = ShareLinkView),
    (status = 403, description = "Seen, but not yours", body = Problem),
    (status = 404, description = "No such update for you", body = Problem),
    (status = 409, description = "There are too many", body = Problem),
    (status = 422, description = "A field is not valid", body = Problem)))]
#[post("/updates/{update}/share-links")]
pub(crate) async fn create(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
    body: ApiJson<CreateBody>,
) -> ApiResult<HttpResponse> {
    // The right comes first, and hashing a password while the writer waits would hold up everybody.
    access::managed(state.store.reader(), &auth, path.0).await?;
    let body = body.0;
    let expires_at = body.expires_at.map(|at| ahead(&state, at)).transpose()?;
    let password_hash = match body.password {
        Some(text) => Some(hashed(text).await?),
        None => None,
    };
    let tx = state.store.write().await?;
    let update = access::managed(&tx, &auth, path.0).await?;
    if share_links::list(&tx, update.id).await?.len() >= MOST {
        return Err(ApiError::conflict("An update may have at most 100 links. Revoke some first."));
    }
    let token = random_token();
    let new = NewShareLink {
        token_hash: state.keys.hash_token(&token),
        password_hash,
        allow_comments: body.allow_comments,
        allow_download: body.allow_download,
        expires_at,
    };
    let made = share_links::create(&tx, update.id, auth.user, new).await?;
    note(&tx, update.workspace_id, auth.user, "share_link.made", made.id, told(&made)).await?;
    tx.commit().await?;
    let url = format!("{}/s/{token}", state.settings.public_url);
    let shown = ShareLinkView { url: Some(url), token: Some(token), ..show(&made, &update.title, false)? };
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(shown))
}

/// The links of an update, newest first, without their addresses: for whoever may make some.
#[utoipa::path(tag = "Share", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update"), PageQuery), responses(
    (status = 200, description = "All", body = Page<ShareLinkView>),
    (status = 403, description = "Seen, but not yours", body = Problem),
    (status = 404, description = "No such update for you", body = Problem)))]
#[get("/updates/{update}/share-links")]
pub(crate) async fn list(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
    pages: Pages,
) -> ApiResult<web::Json<Page<ShareLinkView>>> {
    let conn = state.store.reader();
    let update = access::managed(conn, &auth, path.0).await?;
    let found = share_links::list(conn, update.id).await?;
    let forsaken = share_links::forsaken(conn, &found).await?;
    let shown = |link: &ShareLink| show(link, &update.title, forsaken.contains(&link.id));
    let items: Vec<ShareLinkView> = found.iter().map(shown).collect::<ApiResult<_>>()?;
    Ok(web::Json(pages.of(items)?))
}

/// The links to all updates of a team that its admins see, newest first, without their addresses.
#[utoipa::path(tag = "Share", security(("bearer" = [])),
    params(("team" = Uuid, Path, description = "The team"), PageQuery), responses(
    (status = 200, description = "A page", body = Page<ShareLinkView>),
    (status = 403, description = "Read, but not as its admin", body = Problem),
    (status = 404, description = "No such team for you", body = Problem)))]
#[get("/teams/{team}/share-links")]
pub(crate) async fn list_of_team(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<TeamId>,
    query: ApiQuery<PageQuery>,
) -> ApiResult<web::Json<Page<ShareLinkView>>> {
    let conn = state.store.reader();
    let team = access::readable_team(conn, &auth, path.0).await?;
    if !policy::manages_update(false, team.standing) {
        return Err(ApiError::forbidden("Only the team's admins see all of its links."));
    }
    let name = format!("share-links/{}", team.team_id);
    let (after, limit) = (query.0.position::<LinkKey>(&state.keys, &name)?, query.0.limit()?);
    let more = limit.saturating_add(1);
    let mut found = share_links::list_of_team(conn, auth.user, team.team_id, after, more).await?;
    let next_cursor = cut(&state.keys, &name, &mut found, limit, LinkKey::of)?;
    let ids: Vec<UpdateId> = found.iter().map(|link| link.update_id).collect();
    let rows = updates::find_all(conn, &ids).await?;
    let titles: HashMap<UpdateId, String> = rows.into_iter().map(|row| (row.id, row.title)).collect();
    let title = |link: &ShareLink| titles.get(&link.update_id).map_or("", String::as_str);
    let forsaken = share_links::forsaken(conn, &found).await?;
    let shown = |link: &ShareLink| show(link, title(link), forsaken.contains(&link.id));
    let items = found.iter().map(shown).collect::<ApiResult<_>>()?;
    Ok(web::Json(Page { items, next_cursor }))
}

/// Changes a link. Another password ends what was let in by the old one.
#[utoipa::path(tag = "Share", security(("bearer" = [])),
    params(("link" = Uuid, Path, description = "The link")),
    request_body = EditBody, responses(
    (status = 200, description = "Changed", body = ShareLinkView),
    (status = 403, description = "The update is seen, but not yours", body = Problem),
    (status = 404, description = "No such link for you", body = Problem),
    (status = 422, description = "A field is not valid", body = Problem)))]
#[patch("/share-links/{link}")]
pub(crate) async fn edit(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<ShareLinkId>,
    body: ApiJson<EditBody>,
) -> ApiResult<web::Json<ShareLinkView>> {
    managed(state.store.reader(), &auth, path.0).await?;
    let body = body.0;
    let edit = Edit {
        password_hash: match body.password.change() {
            Some(Some(text)) => Some(Some(hashed(text).await?)),
            Some(None) => Some(None),
            None => None,
        },
        allow_comments: body.allow_comments,
        allow_download: body.allow_download,
        expires_at: match body.expires_at.change() {
            Some(Some(at)) => Some(Some(ahead(&state, at)?)),
            other => other.map(|_| None),
        },
    };
    let tx = state.store.write().await?;
    let (link, update) = managed(&tx, &auth, path.0).await?;
    let changed = share_links::edit(&tx, link.id, edit).await?.ok_or_else(ApiError::not_found)?;
    note(&tx, update.workspace_id, auth.user, "share_link.changed", link.id, told(&changed)).await?;
    let forsaken = share_links::forsaken(&tx, std::slice::from_ref(&changed)).await?;
    tx.commit().await?;
    Ok(web::Json(show(&changed, &update.title, forsaken.contains(&changed.id))?))
}

/// Ends a link: its page, its media and its cookies are gone within seconds.
#[utoipa::path(tag = "Share", security(("bearer" = [])),
    params(("link" = Uuid, Path, description = "The link")), responses(
    (status = 204, description = "Ended"),
    (status = 403, description = "The update is seen, but not yours", body = Problem),
    (status = 404, description = "No such link for you", body = Problem)))]
#[delete("/share-links/{link}")]
pub(crate) async fn revoke(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<ShareLinkId>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let (link, update) = managed(&tx, &auth, path.0).await?;
    if !share_links::revoke(&tx, link.id).await? {
        return Err(ApiError::not_found());
    }
    note(&tx, update.workspace_id, auth.user, "share_link.revoked", link.id, told(&link)).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
