//! Outgoing webhooks: the hooks, and one delivery an event and hook. Only what an open team may see goes out.

mod consume;
mod delivery;

pub use consume::{consume, kinds, still_open};
pub use delivery::{Attempt, Delivery, Outcome, again, claim, deliveries, find_delivery, prune, settle};

use jiff::Timestamp;
use meridian_domain::enums::{EventKind, WebhookFormat};
use meridian_domain::ids::{UserId, WebhookId, WorkspaceId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::entity::webhooks::{self, Column};
use crate::{Conn, StoreError, Tx, json};

/// A webhook. Its secret is derived from its id and `secret_version`; no secret is kept.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct Webhook {
    pub id: WebhookId,
    pub workspace_id: WorkspaceId,
    pub url: String,
    pub format: WebhookFormat,
    pub events: Vec<EventKind>,
    pub description: String,
    pub secret_version: i64,
    pub enabled: bool,
    /// Why the server turned it off.
    pub disabled_reason: Option<String>,
    /// Since when every delivery fails.
    pub failing_since: Option<Timestamp>,
    pub created_at: Timestamp,
    pub version: i64,
}

fn from_row(row: webhooks::Model) -> Result<Webhook, StoreError> {
    Ok(Webhook {
        id: row.id.into(),
        workspace_id: row.workspace_id.into(),
        url: row.url,
        format: row.format.parse()?,
        events: json::read("webhooks.events", &row.events)?,
        description: row.description,
        secret_version: row.secret_version,
        enabled: row.enabled,
        disabled_reason: row.disabled_reason,
        failing_since: json::instant_opt(row.failing_since)?,
        created_at: json::instant(row.created_at)?,
        version: row.version,
    })
}

/// A webhook to make.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct NewWebhook {
    pub workspace_id: WorkspaceId,
    pub url: String,
    pub format: WebhookFormat,
    pub events: Vec<EventKind>,
    pub description: String,
    pub created_by: UserId,
}

/// Makes a webhook; it is told what happens from now on.
pub async fn create(tx: &Tx, new: NewWebhook) -> Result<Webhook, StoreError> {
    let row = webhooks::ActiveModel {
        id: Set(WebhookId::new(tx.clock()).0),
        workspace_id: Set(new.workspace_id.0),
        url: Set(new.url),
        format: Set(new.format.as_str().to_owned()),
        events: Set(json::write("webhooks.events", &new.events)?),
        description: Set(new.description),
        secret_version: Set(1),
        enabled: Set(true),
        disabled_reason: Set(None),
        failing_since: Set(None),
        created_by: Set(new.created_by.0),
        created_at: Set(tx.clock().now_ms()),
        version: Set(1),
        deleted_at: Set(None),
    };
    from_row(webhooks::Entity::insert(row).exec_with_returning(tx.raw()).await?)
}

/// A webhook that is not deleted. Who may see it is for the caller to ask, by its workspace.
pub async fn find(conn: &impl Conn, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
    let found =
        webhooks::Entity::find_by_id(id.0).filter(Column::DeletedAt.is_null()).one(conn.raw()).await?;
    found.map(from_row).transpose()
}

/// The webhooks of a workspace, oldest first.
pub async fn list(conn: &impl Conn, workspace: WorkspaceId) -> Result<Vec<Webhook>, StoreError> {
    let rows = webhooks::Entity::find()
        .filter(Column::WorkspaceId.eq(workspace.0))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(conn.raw())
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// Fields to change; `None` stays.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct Patch {
    pub url: Option<String>,
    pub format: Option<WebhookFormat>,
    pub events: Option<Vec<EventKind>>,
    pub description: Option<String>,
    pub enabled: Option<bool>,
    /// A new secret; the old one ends at once.
    pub new_secret: bool,
}

/// Changes a webhook whose version is as it was read. Turned on, it begins anew.
///
/// # Errors
/// [`StoreError::Conflict`] when somebody changed or deleted it in between.
pub async fn update(tx: &Tx, hook: &Webhook, patch: Patch) -> Result<Webhook, StoreError> {
    let mut update = webhooks::Entity::update_many().col_expr(Column::Version, Expr::cust("version + 1"));
    if let Some(url) = patch.url {
        update = update.col_expr(Column::Url, Expr::value(url));
    }
    if let Some(format) = patch.format {
        update = update.col_expr(Column::Format, Expr::value(format.as_str()));
    }
    if let Some(events) = patch.events {
        update = update.col_expr(Column::Events, Expr::value(json::write("webhooks.events", &events)?));
    }
    if let Some(text) = patch.description {
        update = update.col_expr(Column::Description, Expr::value(text));
    }
    if let Some(enabled) = patch.enabled {
        update = update
            .col_expr(Column::Enabled, Expr::value(enabled))
            .col_expr(Column::DisabledReason, Expr::value(Option::<String>::None))
            .col_expr(Column::FailingSince, Expr::value(Option::<i64>::None));
    }
    if patch.new_secret {
        update = update.col_expr(Column::SecretVersion, Expr::cust("secret_version + 1"));
    }
    let changed = update
        .filter(Column::Id.eq(hook.id.0))
        .filter(Column::Version.eq(hook.version))
        .filter(Column::DeletedAt.is_null())
        .exec(tx.raw())
        .await?;
    let row = find(tx, hook.id).await?;
    row.filter(|_| changed.rows_affected == 1).ok_or(StoreError::Conflict { what: "the webhook" })
}

/// Deletes a webhook and its log.
pub async fn delete(tx: &Tx, id: WebhookId) -> Result<bool, StoreError> {
    let changed = webhooks::Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(tx.clock().now_ms()))
        .col_expr(Column::Url, Expr::value(""))
        .filter(Column::Id.eq(id.0))
        .filter(Column::DeletedAt.is_null())
        .exec(tx.raw())
        .await?;
    delivery::forget(tx, id).await?;
    Ok(changed.rows_affected == 1)
}
