//! Audiences of named people.

use meridian_domain::enums::AudienceKind;
use meridian_domain::ids::{AudienceId, UserId, WorkspaceId};
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;

use crate::entity::{audience_members, audiences};
use crate::{Conn as _, StoreError, Tx};

/// Makes an audience of these people, who are one at least.
pub(super) async fn of_people(
    tx: &Tx,
    workspace: WorkspaceId,
    people: &[UserId],
) -> Result<AudienceId, StoreError> {
    let id = AudienceId::new(tx.clock());
    let row = audiences::ActiveModel {
        id: Set(id.0),
        workspace_id: Set(workspace.0),
        kind: Set(AudienceKind::People.as_str().to_owned()),
        team_id: Set(None),
    };
    audiences::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    let rows = people
        .iter()
        .map(|user| audience_members::ActiveModel { audience_id: Set(id.0), user_id: Set(user.0) });
    audience_members::Entity::insert_many(rows).exec_without_returning(tx.raw()).await?;
    Ok(id)
}
