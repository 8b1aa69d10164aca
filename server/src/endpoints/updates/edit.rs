//! PATCH `/updates/{u}`.

use actix_web::{HttpResponse, patch, web};
use garde::Validate;
use meridian_domain::enums::{Priority, UpdateKind};
use meridian_domain::ids::UpdateId;
use meridian_store::repo::updates::{self, RowUpdate, Trim};
use serde::Deserialize;
use utoipa::ToSchema;

use super::fields::{self, ChapterBody, LinkBody};
use super::schema::PriorityWord;
use super::{access, render_one, view::UpdateView};
use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, Edit, Given, etag};
use crate::state::AppState;

/// The part of the source that is to be shown, on the source's time line.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[schema(as = TrimEdit)]
pub struct TrimBody {
    /// First shown moment.
    start_ms: i64,
    /// First moment that is no longer shown.
    end_ms: i64,
}

/// What changes; what is left out stays.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = UpdateEdit)]
pub struct EditBody {
    /// At most 200 characters.
    #[garde(inner(length(chars, max = fields::MAX_TITLE)))]
    title: Option<String>,
    /// Markdown.
    #[garde(inner(length(chars, max = fields::MAX_BODY)))]
    body: Option<String>,
    /// Documents that go with it.
    #[garde(length(max = 50), dive)]
    links: Option<Vec<LinkBody>>,
    /// Named moments.
    #[garde(length(max = 200), dive)]
    chapters: Option<Vec<ChapterBody>>,
    /// How pressing.
    #[garde(skip)]
    #[schema(value_type = Option<PriorityWord>)]
    priority: Option<Priority>,
    /// The part that is shown; null: all of it.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Option<TrimBody>)]
    trim: Given<TrimBody>,
}

/// Changes an update: its author, an admin of its team.
#[utoipa::path(tag = "Updates", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update"),
        ("If-Match" = Option<String>, Header, description = "The ETag that the change is based on")),
    request_body = EditBody,
    responses(
        (status = 200, description = "Changed", body = UpdateView),
        (status = 403, description = "Seen, but not yours", body = Problem),
        (status = 404, description = "No such update for you", body = Problem),
        (status = 412, description = "Changed in between", body = Problem),
        (status = 422, description = "A field is not valid", body = Problem),
        (status = 429, description = "Urgent too often within a day", body = Problem)))]
#[patch("/updates/{update}")]
pub(crate) async fn edit(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
    condition: Edit,
    body: ApiJson<EditBody>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let row = access::managed(&tx, &auth, path.0).await?;
    condition.check(row.version)?;
    let body = body.0;
    if row.kind == UpdateKind::Text && body.body.as_ref().is_some_and(|text| text.trim().is_empty()) {
        return Err(ApiError::invalid("body", "required", "A text update needs a body."));
    }
    let trim = match body.trim {
        Given::Missing => None,
        Given::Null => Some(None),
        Given::Value(wanted) => Some(Some(checked(&row, wanted)?)),
    };
    let edit = updates::Edit {
        title: body.title.map(|title| title.trim().to_owned()),
        body: body.body,
        links: body.links.map(fields::links),
        chapters: body.chapters.map(fields::chapters),
        priority: body.priority,
        trim,
    };
    let row = updates::edit(&tx, row.id, row.version, &edit).await?;
    access::press(&tx, &row).await?;
    let version = row.version;
    let shown = render_one(&state, &tx, &auth, row).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().insert_header(etag(version)).json(shown))
}

fn checked(row: &RowUpdate, wanted: TrimBody) -> ApiResult<Trim> {
    let bad = |code, detail| Err(ApiError::invalid("trim", code, detail));
    if row.kind == UpdateKind::Text {
        return bad("not_media", "A text has nothing to trim.");
    }
    if wanted.start_ms < 0 || wanted.end_ms <= wanted.start_ms || wanted.end_ms > fields::MAX_MS {
        return bad("range", "start_ms has to be at least 0 and end_ms behind it.");
    }
    if row.duration_ms.is_some_and(|whole| wanted.end_ms > whole) {
        return bad("range", "end_ms is behind the recording's end.");
    }
    Ok(Trim { start_ms: wanted.start_ms, end_ms: wanted.end_ms })
}
