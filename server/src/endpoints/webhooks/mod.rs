//! Outgoing webhooks: for owners and admins of the workspace.

pub mod crud;
pub mod deliveries;
pub mod test;
pub mod view;

use meridian_domain::ids::{UserId, WebhookId};
use meridian_store::Conn;
use meridian_store::repo::webhooks::{self, Webhook};

use super::workspaces;
use crate::error::{ApiError, ApiResult};
use crate::registry::Registry;

/// Routes under `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config
        .service(crud::create)
        .service(crud::list)
        .service(crud::edit)
        .service(crud::remove)
        .service(deliveries::list)
        .service(deliveries::redeliver)
        .service(test::test);
}

/// The webhook, for those who manage its workspace; 404 for others than its members, 403 for them.
async fn managed(conn: &impl Conn, viewer: UserId, id: WebhookId) -> ApiResult<Webhook> {
    let hook = webhooks::find(conn, id).await?.ok_or_else(ApiError::not_found)?;
    workspaces::managed(conn, viewer, hook.workspace_id).await?;
    Ok(hook)
}
