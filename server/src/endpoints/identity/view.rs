//! How an account looks in answers.

use actix_web::{HttpResponse, HttpResponseBuilder};
use jiff::Timestamp;
use meridian_domain::enums::WorkspaceRole;
use meridian_domain::ids::{UserId, WorkspaceId};
use meridian_store::Conn;
use meridian_store::repo::users::{self, User};
use meridian_store::repo::workspaces;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::session::{self, Started};
use crate::auth::tokens;
use crate::endpoints::words::WorkspaceRoleWord;
use crate::error::ApiResult;

/// When somebody works, in their own zone.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WorkingHours {
    /// `mo` to `su`.
    pub days: Vec<String>,
    /// Such as `09:00`.
    pub start: String,
    /// Such as `17:00`.
    pub end: String,
}

impl From<users::WorkingHours> for WorkingHours {
    fn from(hours: users::WorkingHours) -> Self {
        Self { days: hours.days, start: hours.start, end: hours.end }
    }
}

/// A workspace that one is a member of.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Membership {
    /// The workspace.
    #[schema(value_type = String, format = Uuid)]
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// One's role: owner, admin, member or guest.
    #[schema(value_type = WorkspaceRoleWord)]
    pub role: WorkspaceRole,
}

/// The signed-in person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Me {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: UserId,
    /// The address.
    pub email: String,
    /// As others see it.
    pub display_name: String,
    /// IANA name.
    pub time_zone: String,
    /// When this person works.
    pub working_hours: WorkingHours,
    /// When the digest comes, such as `08:30`.
    pub digest_at: String,
    /// Such as `en`.
    pub locale: String,
    /// Whether this account runs the instance.
    pub instance_owner: bool,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Where this person is a member.
    pub workspaces: Vec<Membership>,
}

/// A session's beginning or continuation.
#[derive(Serialize, ToSchema)]
pub struct SignedIn {
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// How long it is valid, in seconds.
    pub expires_in: i64,
    /// Who signed in.
    pub user: Me,
    /// After sign-up: the workspace made or joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub workspace: Option<Membership>,
}

/// The answer to whoever signed in, with the cookie that renews it.
pub fn signed_in(
    answer: HttpResponseBuilder,
    started: Started,
    user: Me,
    workspace: Option<Membership>,
) -> HttpResponse {
    session::with_cookie(answer, started.cookie).json(SignedIn {
        access_token: started.access_token,
        expires_in: tokens::ACCESS_SECONDS,
        user,
        workspace,
    })
}

/// The account with its workspaces.
pub async fn me(conn: &impl Conn, user: User) -> ApiResult<Me> {
    let workspaces = workspaces::list(conn, user.id)
        .await?
        .into_iter()
        .map(|found| Membership { id: found.id, name: found.name, role: found.role })
        .collect();
    Ok(Me {
        id: user.id,
        email: user.email,
        display_name: user.display_name,
        time_zone: user.time_zone,
        working_hours: user.working_hours.into(),
        digest_at: user.digest_at,
        locale: user.locale,
        instance_owner: user.instance_owner,
        created_at: user.created_at,
        workspaces,
    })
}
