//! POST, GET `/workspaces/{w}/webhooks`; PATCH, DELETE `/webhooks/{h}`, also under their workspace.

use actix_web::http::header;
use actix_web::{HttpResponse, get, post, routes, web};
use garde::Validate;
use meridian_domain::enums::{EventKind, WebhookFormat};
use meridian_domain::ids::{WebhookId, WorkspaceId};
use meridian_store::Tx;
use meridian_store::repo::webhooks::{self, NewWebhook, Patch, Webhook};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::view::{FormatWord, WebhookView, show};
use crate::auth::Auth;
use crate::endpoints::workspaces::{self, audit_log::note};
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, Edit, Page, PageQuery, Pages, etag};
use crate::state::AppState;
use crate::tell::webhooks::{check_url, secret};

/// How many webhooks a workspace may have.
const MOST: usize = 50;

/// A webhook to make.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = NewWebhook)]
pub struct CreateBody {
    /// `http` or `https`; on the public internet, unless the operator allows more.
    #[garde(length(max = 2000))]
    url: String,
    /// What it is told of, such as `update.published`; see the event streams for all.
    #[garde(length(min = 1, max = 50))]
    #[schema(value_type = Vec<String>)]
    events: Vec<EventKind>,
    /// What its body looks like; `standard` where not given.
    #[garde(skip)]
    #[schema(value_type = Option<FormatWord>)]
    format: Option<WebhookFormat>,
    /// What it is for.
    #[garde(inner(length(chars, max = 200)))]
    description: Option<String>,
}

/// What changes; what is left out stays.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = WebhookEdit)]
pub struct EditBody {
    /// Where it goes.
    #[garde(inner(length(max = 2000)))]
    url: Option<String>,
    /// What it is told of.
    #[garde(inner(length(min = 1, max = 50)))]
    #[schema(value_type = Option<Vec<String>>)]
    events: Option<Vec<EventKind>>,
    /// What its body looks like.
    #[garde(skip)]
    #[schema(value_type = Option<FormatWord>)]
    format: Option<WebhookFormat>,
    /// What it is for.
    #[garde(inner(length(chars, max = 200)))]
    description: Option<String>,
    /// Whether it is told anything; turned on, its failures are forgotten.
    #[garde(skip)]
    enabled: Option<bool>,
    /// True: a new secret; the old one ends at once.
    #[garde(skip)]
    #[serde(default)]
    new_secret: bool,
}

fn check_address(state: &AppState, url: &str) -> ApiResult<()> {
    check_url(&state.settings, url).map_err(|why| ApiError::invalid("url", "invalid", why))
}

fn check_events(events: &mut Vec<EventKind>) -> ApiResult<()> {
    events.sort_unstable();
    events.dedup();
    let known = webhooks::kinds();
    match events.iter().find(|kind| !known.contains(kind)) {
        Some(kind) => Err(ApiError::invalid("events", "invalid", format!("{kind} is not told to webhooks."))),
        None => Ok(()),
    }
}

/// What the audit log says of a webhook. Addresses often hold secrets, so only the host is named.
fn told(hook: &Webhook) -> serde_json::Value {
    let host = url::Url::parse(&hook.url).ok().and_then(|url| url.host_str().map(str::to_owned));
    json!({"host": host, "format": hook.format, "events": hook.events, "enabled": hook.enabled})
}

/// Makes a webhook. It is told what every member of the workspace may see (updates of open teams and what happens to
/// them), from now on. Its secret is in this answer only.
#[utoipa::path(tag = "Webhooks", security(("bearer" = [])),
    params(("workspace" = Uuid, Path, description = "The workspace")), request_body = CreateBody,
    responses(
        (status = 201, description = "Made", body = WebhookView),
        (status = 403, description = "For owners and admins", body = Problem),
        (status = 404, description = "No such workspace for you", body = Problem),
        (status = 409, description = "There are too many", body = Problem),
        (status = 422, description = "A field is not valid", body = Problem)))]
#[post("/workspaces/{workspace}/webhooks")]
pub(crate) async fn create(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<WorkspaceId>,
    body: ApiJson<CreateBody>,
) -> ApiResult<HttpResponse> {
    auth.require_admin_scope()?;
    let mut body = body.0;
    let tx = state.store.write().await?;
    workspaces::managed(&tx, auth.user, path.0).await?;
    check_address(&state, &body.url)?;
    check_events(&mut body.events)?;
    if webhooks::list(&tx, path.0).await?.len() >= MOST {
        return Err(ApiError::conflict("A workspace may have at most 50 webhooks."));
    }
    let new = NewWebhook {
        workspace_id: path.0,
        url: body.url,
        format: body.format.unwrap_or(WebhookFormat::Standard),
        events: body.events,
        description: body.description.unwrap_or_default(),
        created_by: auth.user,
    };
    let made = webhooks::create(&tx, new).await?;
    note(&tx, path.0, auth.user, "webhook.made", made.id, told(&made)).await?;
    tx.commit().await?;
    let shown = (made.format == WebhookFormat::Standard).then(|| secret(&state.keys, &made));
    Ok(HttpResponse::Created()
        .insert_header(etag(made.version))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(show(made, shown)))
}

/// The webhooks of a workspace.
#[utoipa::path(tag = "Webhooks", security(("bearer" = [])),
    params(("workspace" = Uuid, Path, description = "The workspace"), PageQuery),
    responses(
        (status = 200, description = "All of them", body = Page<WebhookView>),
        (status = 403, description = "For owners and admins", body = Problem),
        (status = 404, description = "No such workspace for you", body = Problem)))]
#[get("/workspaces/{workspace}/webhooks")]
pub(crate) async fn list(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<WorkspaceId>,
    pages: Pages,
) -> ApiResult<HttpResponse> {
    auth.require_admin_scope()?;
    let conn = state.store.reader();
    workspaces::managed(conn, auth.user, path.0).await?;
    let found = webhooks::list(conn, path.0).await?;
    let items: Vec<WebhookView> = found.into_iter().map(|hook| show(hook, None)).collect();
    Ok(HttpResponse::Ok().json(pages.of(items)?))
}

/// By its own address, or under its workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    workspace: Option<WorkspaceId>,
    webhook: WebhookId,
}

impl Which {
    /// The webhook, where one may manage it.
    async fn managed(&self, tx: &Tx, auth: &Auth) -> ApiResult<Webhook> {
        let hook = super::managed(tx, auth.user, self.webhook).await?;
        if self.workspace.is_some_and(|workspace| workspace != hook.workspace_id) {
            return Err(ApiError::not_found());
        }
        Ok(hook)
    }
}

/// Changes a webhook. A new secret is in the answer.
#[utoipa::path(patch, path = "/webhooks/{webhook}", tag = "Webhooks", security(("bearer" = [])),
    params(("webhook" = Uuid, Path, description = "The webhook")), request_body = EditBody,
    responses(
        (status = 200, description = "Changed", body = WebhookView),
        (status = 403, description = "For owners and admins", body = Problem),
        (status = 404, description = "No such webhook for you", body = Problem),
        (status = 412, description = "Changed in between", body = Problem),
        (status = 422, description = "A field is not valid", body = Problem)))]
#[routes]
#[patch("/webhooks/{webhook}")]
#[patch("/workspaces/{workspace}/webhooks/{webhook}")]
pub(crate) async fn edit(
    state: web::Data<AppState>,
    auth: Auth,
    edit: Edit,
    path: ApiPath<Which>,
    body: ApiJson<EditBody>,
) -> ApiResult<HttpResponse> {
    auth.require_admin_scope()?;
    let mut body = body.0;
    let tx = state.store.write().await?;
    let hook = path.0.managed(&tx, &auth).await?;
    edit.check(hook.version)?;
    if let Some(url) = &body.url {
        check_address(&state, url)?;
    }
    if let Some(events) = &mut body.events {
        check_events(events)?;
    }
    let changes = Patch {
        url: body.url,
        format: body.format,
        events: body.events,
        description: body.description,
        enabled: body.enabled,
        new_secret: body.new_secret,
    };
    let was = hook.format;
    let hook = webhooks::update(&tx, &hook, changes).await?;
    note(&tx, hook.workspace_id, auth.user, "webhook.changed", hook.id, told(&hook)).await?;
    tx.commit().await?;
    let signs = hook.format == WebhookFormat::Standard;
    let shown = (signs && (body.new_secret || was != hook.format)).then(|| secret(&state.keys, &hook));
    Ok(HttpResponse::Ok()
        .insert_header(etag(hook.version))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(show(hook, shown)))
}

/// Deletes a webhook and its log.
#[utoipa::path(delete, path = "/webhooks/{webhook}", tag = "Webhooks", security(("bearer" = [])),
    params(("webhook" = Uuid, Path, description = "The webhook")),
    responses(
        (status = 204, description = "Gone"),
        (status = 403, description = "For owners and admins", body = Problem),
        (status = 404, description = "No such webhook for you", body = Problem)))]
#[routes]
#[delete("/webhooks/{webhook}")]
#[delete("/workspaces/{workspace}/webhooks/{webhook}")]
pub(crate) async fn remove(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<Which>,
) -> ApiResult<HttpResponse> {
    auth.require_admin_scope()?;
    let tx = state.store.write().await?;
    let hook = path.0.managed(&tx, &auth).await?;
    webhooks::delete(&tx, hook.id).await?;
    note(&tx, hook.workspace_id, auth.user, "webhook.deleted", hook.id, told(&hook)).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
