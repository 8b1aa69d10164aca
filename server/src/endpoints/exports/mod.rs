//! POST `/workspaces/{w}/exports`, GET `/exports/{e}` and its archive: everything that the asking owner or admin sees, as
//! one zip.

mod archive;
mod contents;

use actix_web::http::header;
use actix_web::{HttpResponse, get, post, web};
use garde::Validate;
use jiff::Timestamp;
use meridian_domain::ids::{ExportId, WorkspaceId};
use meridian_store::repo::exports::{self, Export};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::auth::Auth;
use crate::endpoints::media::ticket::{Ticket, Viewer};
use crate::endpoints::workspaces::audit_log::note;
use crate::endpoints::workspaces::managed;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, ApiQuery};
use crate::registry::Registry;
use crate::state::AppState;

/// How long an export can be fetched, in ms: 24 hours.
const LIFETIME_MS: i64 = 24 * 3_600_000;

/// Routes under `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config.service(create).service(read).service(download);
}

/// An export to make.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
pub struct NewExport {
    /// With sound and picture; `true` where not given.
    #[serde(default)]
    #[garde(skip)]
    #[schema(nullable = false)]
    with_media: Option<bool>,
}

/// An export.
#[derive(Serialize, ToSchema)]
#[schema(as = Export)]
pub struct ExportView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: ExportId,
    /// Of which workspace.
    #[schema(value_type = Uuid)]
    pub workspace_id: WorkspaceId,
    /// `ready`: the archive is made while it is fetched.
    pub state: &'static str,
    /// With sound and picture.
    pub with_media: bool,
    /// Where the zip is, for some hours and as long as you are signed in; ask again for a new one.
    pub download_url: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Until when it can be fetched.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// Its address holds a ticket like those of media, signed with a key of its own and naming the export.
fn show(state: &AppState, auth: &Auth, export: &Export) -> ApiResult<ExportView> {
    let credential = auth.credential().ok_or_else(ApiError::not_found)?;
    let ticket =
        Ticket::new(Viewer::Person(auth.user, credential), export.id.0.into(), state.clock().now_ms());
    Ok(ExportView {
        id: export.id,
        workspace_id: export.workspace_id,
        state: "ready",
        with_media: export.with_media,
        download_url: format!(
            "/api/v1/exports/{}/archive.zip?ticket={}",
            export.id,
            ticket.sign(&state.keys.export)
        ),
        created_at: export.created_at,
        expires_at: export.expires_at,
    })
}

/// Exports everything in the workspace that you see: updates with media and text, comments, people and teams.
#[utoipa::path(tag = "Workspaces", security(("bearer" = [])), params(("w" = String, Path)), request_body = NewExport, responses(
    (status = 202, description = "Fetch `download_url`", body = ExportView), (status = 401, body = Problem),
    (status = 403, description = "For owners and admins", body = Problem), (status = 404, body = Problem)))]
#[post("/workspaces/{w}/exports")]
pub(crate) async fn create(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<WorkspaceId>,
    ApiJson(body): ApiJson<NewExport>,
) -> ApiResult<HttpResponse> {
    auth.require_admin_scope()?;
    let tx = state.store.write().await?;
    managed(&tx, auth.user, id).await?;
    let with_media = body.with_media.unwrap_or(true);
    let made = exports::create(&tx, id, auth.user, with_media, LIFETIME_MS).await?;
    note(&tx, id, auth.user, "export.made", made.id, json!({"with_media": with_media})).await?;
    tx.commit().await?;
    let shown = show(&state, &auth, &made)?;
    Ok(HttpResponse::Accepted()
        .insert_header((header::LOCATION, format!("/api/v1/exports/{}", made.id)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(shown))
}

/// One's own export, with a fresh address of its archive.
#[utoipa::path(tag = "Workspaces", security(("bearer" = [])),
    params(("export" = Uuid, Path, description = "The export")), responses(
    (status = 200, body = ExportView), (status = 401, body = Problem),
    (status = 404, description = "No such export of yours, or it has ended", body = Problem)))]
#[get("/exports/{export}")]
pub(crate) async fn read(
    auth: Auth,
    state: web::Data<AppState>,
    path: ApiPath<ExportId>,
) -> ApiResult<HttpResponse> {
    auth.require_admin_scope()?;
    let conn = state.store.reader();
    let found = exports::find(conn, path.0, state.clock().now_ms()).await?;
    let found = found.filter(|export| export.user_id == auth.user).ok_or_else(ApiError::not_found)?;
    managed(conn, auth.user, found.workspace_id).await?;
    let shown = show(&state, &auth, &found)?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(shown))
}

/// The right to fetch an archive.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ArchiveQuery {
    /// From `download_url`.
    ticket: Option<String>,
}

/// The archive, written while it is read. What cannot be read is named in `problems.json` at its end.
#[utoipa::path(tag = "Workspaces",
    params(("export" = Uuid, Path, description = "The export"), ArchiveQuery), responses(
    (status = 200, description = "The zip", body = String, content_type = "application/zip"),
    (status = 404, description = "No such export, or its address has ended", body = Problem)))]
#[get("/exports/{export}/archive.zip")]
pub(crate) async fn download(
    state: web::Data<AppState>,
    path: ApiPath<ExportId>,
    query: ApiQuery<ArchiveQuery>,
) -> ApiResult<HttpResponse> {
    let now_ms = state.clock().now_ms();
    let ticket = query.0.ticket.as_deref().and_then(|text| Ticket::read(text, &state.keys.export, now_ms));
    let ticket = ticket.filter(|ticket| ticket.update.0 == path.0.0).ok_or_else(ApiError::not_found)?;
    let conn = state.store.reader();
    let export = exports::find(conn, path.0, now_ms).await?.ok_or_else(ApiError::not_found)?;
    let Viewer::Person(user, credential) = ticket.viewer else { return Err(ApiError::not_found()) };
    if export.user_id != user || !credential.is_active(&state, user).await? {
        return Err(ApiError::not_found());
    }
    let workspace = managed(conn, user, export.workspace_id).await?;
    let day = state.clock().now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let body =
        archive::stream(contents::Contents::new(state.get_ref().clone(), user, workspace, export.with_media));
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"meridian-{day}.zip\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .streaming(body))
}
