//! What people want to be told, and how.

use std::collections::HashMap;

use meridian_domain::ids::UserId;
use meridian_domain::notify::NotifySettings;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::entity::notification_settings::{self, Column};
use crate::repo::several;
use crate::{Conn, StoreError, Tx, json};

/// Somebody's settings; version 0: the defaults.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// The wishes.
    pub settings: NotifySettings,
    /// Counts edits.
    pub version: i64,
}

/// Somebody's settings.
pub async fn settings(conn: &impl Conn, user: UserId) -> Result<Kept, StoreError> {
    let found = notification_settings::Entity::find_by_id(user.0).one(conn.raw()).await?;
    found.map_or_else(
        || Ok(Kept::default()),
        |row| {
            let settings = json::read("notification_settings.settings", &row.settings)?;
            Ok(Kept { settings, version: row.version })
        },
    )
}

/// The settings of several people; who has none has the defaults.
pub async fn settings_of(
    conn: &impl Conn,
    users: &[UserId],
) -> Result<HashMap<UserId, NotifySettings>, StoreError> {
    let rows = notification_settings::Entity::find()
        .filter(Column::UserId.is_in(several(users.iter().map(|id| id.0))))
        .all(conn.raw())
        .await?;
    rows.into_iter()
        .map(|row| Ok((row.user_id.into(), json::read("notification_settings.settings", &row.settings)?)))
        .collect()
}

/// Keeps somebody's settings; answers the new version.
pub async fn put_settings(tx: &Tx, user: UserId, settings: &NotifySettings) -> Result<i64, StoreError> {
    let version = self::settings(tx, user).await?.version.saturating_add(1);
    let row = notification_settings::ActiveModel {
        user_id: Set(user.0),
        settings: Set(json::write("notification_settings.settings", settings)?),
        changed_at: Set(tx.clock().now_ms()),
        version: Set(version),
    };
    let conflict = OnConflict::column(Column::UserId)
        .update_columns([Column::Settings, Column::ChangedAt, Column::Version])
        .to_owned();
    notification_settings::Entity::insert(row).on_conflict(conflict).exec_without_returning(tx.raw()).await?;
    Ok(version)
}
