//! GET `/workspaces/{w}/audit-log`, and how other endpoints write to it.

use std::collections::HashMap;

use actix_web::{get, web};
use jiff::Timestamp;
use meridian_domain::ids::{AuditEntryId, UserId, WorkspaceId};
use meridian_store::Tx;
use meridian_store::repo::audit::{self, Filter, NewEntry};
use meridian_store::repo::updates::{self, Person};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::auth::Auth;
use crate::endpoints::updates::view::PersonView;
use crate::error::{ApiResult, Problem};
use crate::http::{ApiPath, ApiQuery, Page, PageQuery, cut};
use crate::state::AppState;

/// Writes an entry in the transaction of what it tells of.
///
/// # Errors
/// Those of the database.
pub(crate) async fn note(
    tx: &Tx,
    workspace_id: WorkspaceId,
    actor: UserId,
    action: &'static str,
    target_id: impl Into<Uuid>,
    details: Value,
) -> ApiResult<()> {
    let entry =
        NewEntry { workspace_id, actor_id: Some(actor), action, target_id: Some(target_id.into()), details };
    Ok(audit::record(tx, entry).await?)
}

/// An entry of the audit log.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct EntryView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: AuditEntryId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who; null: the server itself, by a rule of the workspace.
    pub actor: Option<PersonView>,
    /// What, as `noun.verb`, such as `member.role_changed`.
    pub action: String,
    /// The id of what was changed.
    pub target_id: Option<Uuid>,
    /// Names and roles as they were then; nothing of what updates contain.
    #[schema(value_type = Object)]
    pub details: Value,
}

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Of this person.
    #[param(value_type = Option<Uuid>)]
    actor_id: Option<UserId>,
    /// Of this action, or of every action of a noun: `member`.
    action: Option<String>,
    /// How many, 1..100; 25 where not given.
    limit: Option<i64>,
    /// Where to begin: the last page's `next_cursor`.
    cursor: Option<String>,
}

/// Who changed what in the workspace, newest first.
#[utoipa::path(tag = "Workspaces", security(("bearer" = [])), params(("w" = String, Path), AuditQuery), responses(
    (status = 200, body = Page<EntryView>), (status = 401, body = Problem),
    (status = 403, description = "For owners and admins", body = Problem), (status = 404, body = Problem)))]
#[get("/workspaces/{w}/audit-log")]
pub async fn get_audit_log(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<WorkspaceId>,
    query: ApiQuery<AuditQuery>,
) -> ApiResult<web::Json<Page<EntryView>>> {
    auth.require_admin_scope()?;
    let conn = state.store.reader();
    super::managed(conn, auth.user, id).await?;
    let AuditQuery { actor_id, action, limit, cursor } = query.0;
    let name = format!("audit/{id}/{actor_id:?}/{}", action.as_deref().unwrap_or_default());
    let page = PageQuery { limit, cursor };
    let (after, limit) = (page.position::<(i64, Uuid)>(&state.keys, &name)?, page.limit()?);
    let filter = Filter { actor_id, action: action.as_deref() };
    let mut rows = audit::list(conn, id, filter, after, limit.saturating_add(1)).await?;
    let next_cursor = cut(&state.keys, &name, &mut rows, limit, |row| (row.at.as_millisecond(), row.id.0))?;
    let ids: Vec<UserId> = rows.iter().filter_map(|row| row.actor_id).collect();
    let people: HashMap<UserId, Person> = updates::people(conn, &ids).await?;
    let items = rows.into_iter().map(|row| EntryView {
        id: row.id,
        at: row.at,
        actor: row.actor_id.map(|id| PersonView::of(&people, id)),
        action: row.action,
        target_id: row.target_id,
        details: row.details,
    });
    Ok(web::Json(Page { items: items.collect(), next_cursor }))
}
