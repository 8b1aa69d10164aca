//! The closed sets of words around people, as the API document shows them: the types themselves stand in the domain,
//! which knows no documents.

use serde::Serialize;
use utoipa::ToSchema;

/// What somebody is in a workspace.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WorkspaceRole)]
pub enum WorkspaceRoleWord {
    /// `owner`.
    Owner,
    /// `admin`.
    Admin,
    /// `member`.
    Member,
    /// `guest`.
    Guest,
}

/// What somebody is in a team.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TeamRole)]
pub enum TeamRoleWord {
    /// `admin`.
    Admin,
    /// `member`.
    Member,
}

/// Who reads and joins a team.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TeamVisibility)]
pub enum TeamVisibilityWord {
    /// `open`.
    Open,
    /// `private`.
    Private,
}

/// How far an API token reaches.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Scope)]
pub enum ScopeWord {
    /// `read`.
    Read,
    /// `write`.
    Write,
    /// `upload`.
    Upload,
    /// `admin`.
    Admin,
}

/// Who may sign up.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Signup)]
pub enum SignupWord {
    /// `invite`.
    Invite,
    /// `open`.
    Open,
}
