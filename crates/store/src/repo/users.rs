//! Accounts.

use jiff::Timestamp;
use meridian_domain::ids::UserId;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::check_ins::{self, Changed};
use super::identities;
use crate::entity::{api_tokens, members, password_resets, sessions, team_members, users};
use crate::repo::several;
use crate::{Conn, StoreError, Tx, json};

/// When somebody works, in their own zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkingHours {
    /// `mo` to `su`.
    pub days: Vec<String>,
    /// Such as `09:00`.
    pub start: String,
    /// Such as `17:00`.
    pub end: String,
}

/// An account.
#[derive(Clone, Debug)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Lower case.
    pub email: String,
    /// As others see it.
    pub display_name: String,
    /// PHC string; `None`: no password sign-in.
    pub password_hash: Option<String>,
    /// IANA name.
    pub time_zone: String,
    /// When this person works.
    pub working_hours: WorkingHours,
    /// When the digest comes, such as `08:30`.
    pub digest_at: String,
    /// Such as `en`.
    pub locale: String,
    /// The first account runs the instance.
    pub instance_owner: bool,
    /// Since when the account is closed.
    pub disabled_at: Option<Timestamp>,
    /// Since when it exists.
    pub created_at: Timestamp,
    /// Counts edits.
    pub version: i64,
}

/// An account to make.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Any case; kept in lower case.
    pub email: String,
    /// As others see it.
    pub display_name: String,
    /// PHC string.
    pub password_hash: Option<String>,
    /// IANA name.
    pub time_zone: String,
}

/// Fields to change; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct UserPatch {
    /// As others see it.
    pub display_name: Option<String>,
    /// IANA name.
    pub time_zone: Option<String>,
    /// When this person works.
    pub working_hours: Option<WorkingHours>,
    /// When the digest comes.
    pub digest_at: Option<String>,
    /// The language.
    pub locale: Option<String>,
}

/// The form in which addresses are kept and compared.
pub fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// How many accounts there are.
pub async fn count(conn: &impl Conn) -> Result<u64, StoreError> {
    Ok(users::Entity::find().count(conn.raw()).await?)
}

/// Makes an account; the very first one owns the instance. A taken address is a unique violation.
pub async fn create(tx: &Tx, new: NewUser) -> Result<User, StoreError> {
    let first = count(tx).await? == 0;
    let days: Vec<String> = ["mo", "tu", "we", "th", "fr"].map(str::to_owned).to_vec();
    let row = users::ActiveModel {
        id: Set(UserId::new(tx.clock()).0),
        email: Set(normal_email(&new.email)),
        display_name: Set(new.display_name),
        password_hash: Set(new.password_hash),
        time_zone: Set(new.time_zone),
        working_days: Set(json::write("users.working_days", &days)?),
        work_start: Set("09:00".to_owned()),
        work_end: Set("17:00".to_owned()),
        digest_at: Set("08:30".to_owned()),
        locale: Set("en".to_owned()),
        instance_owner: Set(first),
        disabled_at: Set(None),
        created_at: Set(tx.clock().now_ms()),
        version: Set(1),
    };
    from_row(users::Entity::insert(row).exec_with_returning(tx.raw()).await?)
}

/// One account.
pub async fn by_id(conn: &impl Conn, id: UserId) -> Result<Option<User>, StoreError> {
    users::Entity::find_by_id(id.0).one(conn.raw()).await?.map(from_row).transpose()
}

/// Several accounts, in no order.
pub async fn by_ids(conn: &impl Conn, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
    let ids = several(ids.iter().map(|id| id.0));
    let rows = users::Entity::find().filter(users::Column::Id.is_in(ids)).all(conn.raw()).await?;
    rows.into_iter().map(from_row).collect()
}

/// The account with an address.
pub async fn by_email(conn: &impl Conn, email: &str) -> Result<Option<User>, StoreError> {
    let found =
        users::Entity::find().filter(users::Column::Email.eq(normal_email(email))).one(conn.raw()).await?;
    found.map(from_row).transpose()
}

/// Changes a profile.
pub async fn update(tx: &Tx, id: UserId, patch: UserPatch) -> Result<Option<User>, StoreError> {
    let Some(row) = users::Entity::find_by_id(id.0).one(tx.raw()).await? else { return Ok(None) };
    let version = row.version;
    let mut row = row.into_active_model();
    if let Some(value) = patch.display_name {
        row.display_name = Set(value);
    }
    if let Some(value) = patch.time_zone {
        check_ins::look_again(tx, Changed::Person(id)).await?;
        row.time_zone = Set(value);
    }
    if let Some(value) = patch.working_hours {
        row.working_days = Set(json::write("users.working_days", &value.days)?);
        row.work_start = Set(value.start);
        row.work_end = Set(value.end);
    }
    if let Some(value) = patch.digest_at {
        row.digest_at = Set(value);
    }
    if let Some(value) = patch.locale {
        row.locale = Set(value);
    }
    row.version = Set(version.saturating_add(1));
    Ok(Some(from_row(users::Entity::update(row).exec(tx.raw()).await?)?))
}

/// Sets a password and ends what the old one let in: sessions, API tokens, reset links.
pub async fn set_password(tx: &Tx, id: UserId, hash: &str) -> Result<(), StoreError> {
    users::Entity::update_many()
        .col_expr(users::Column::PasswordHash, Expr::value(hash))
        .col_expr(users::Column::Version, Expr::col(users::Column::Version).add(1))
        .filter(users::Column::Id.eq(id.0))
        .exec(tx.raw())
        .await?;
    end_credentials(tx, id).await
}

/// Ends what let somebody in while nobody had shown whose the address is: password, sessions, API tokens, reset links.
pub async fn end_unproven(tx: &Tx, id: UserId) -> Result<(), StoreError> {
    users::Entity::update_many()
        .col_expr(users::Column::PasswordHash, Expr::value(Option::<String>::None))
        .col_expr(users::Column::Version, Expr::col(users::Column::Version).add(1))
        .filter(users::Column::Id.eq(id.0))
        .exec(tx.raw())
        .await?;
    end_credentials(tx, id).await
}

async fn end_credentials(tx: &Tx, id: UserId) -> Result<(), StoreError> {
    let now = tx.clock().now_ms();
    sessions::Entity::update_many()
        .col_expr(sessions::Column::RevokedAt, Expr::value(now))
        .filter(sessions::Column::UserId.eq(id.0))
        .filter(sessions::Column::RevokedAt.is_null())
        .exec(tx.raw())
        .await?;
    api_tokens::Entity::update_many()
        .col_expr(api_tokens::Column::RevokedAt, Expr::value(now))
        .filter(api_tokens::Column::UserId.eq(id.0))
        .filter(api_tokens::Column::RevokedAt.is_null())
        .exec(tx.raw())
        .await?;
    password_resets::Entity::update_many()
        .col_expr(password_resets::Column::UsedAt, Expr::value(now))
        .filter(password_resets::Column::UserId.eq(id.0))
        .filter(password_resets::Column::UsedAt.is_null())
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// Closes an account: credentials end, memberships go, name and address are forgotten. What the person published
/// stays, under "Former member".
pub async fn close(tx: &Tx, id: UserId) -> Result<(), StoreError> {
    end_credentials(tx, id).await?;
    identities::forget(tx, id).await?;
    team_members::Entity::delete_many().filter(team_members::Column::UserId.eq(id.0)).exec(tx.raw()).await?;
    members::Entity::delete_many().filter(members::Column::UserId.eq(id.0)).exec(tx.raw()).await?;
    users::Entity::update_many()
        .col_expr(users::Column::Email, Expr::value(format!("closed-{id}@invalid")))
        .col_expr(users::Column::DisplayName, Expr::value("Former member"))
        .col_expr(users::Column::PasswordHash, Expr::value(Option::<String>::None))
        .col_expr(users::Column::DisabledAt, Expr::value(tx.clock().now_ms()))
        .filter(users::Column::Id.eq(id.0))
        .exec(tx.raw())
        .await?;
    Ok(())
}

fn from_row(row: users::Model) -> Result<User, StoreError> {
    Ok(User {
        id: row.id.into(),
        email: row.email,
        display_name: row.display_name,
        password_hash: row.password_hash,
        time_zone: row.time_zone,
        working_hours: WorkingHours {
            days: json::read("users.working_days", &row.working_days)?,
            start: row.work_start,
            end: row.work_end,
        },
        digest_at: row.digest_at,
        locale: row.locale,
        instance_owner: row.instance_owner,
        disabled_at: json::instant_opt(row.disabled_at)?,
        created_at: json::instant(row.created_at)?,
        version: row.version,
    })
}
