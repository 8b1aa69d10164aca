//! A comment with the update that it stands on.

use std::collections::HashMap;

use jiff::Timestamp;
use meridian_domain::enums::{CommentKind, UpdateKind};
use meridian_domain::ids::{CommentId, TeamId, UpdateId, UserId, WorkspaceId};
use meridian_domain::working_time::working_time_between;
use meridian_store::Conn;
use meridian_store::repo::comments::{self, RowComment};
use meridian_store::repo::updates::{self, RowUpdate};
use meridian_store::repo::working;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoints::comments::{CommentView, render};
use crate::endpoints::updates::schema::UpdateKindWord;
use crate::error::ApiResult;

/// As much of an update as a list of comments shows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UpdateBrief {
    /// Its id.
    #[schema(value_type = Uuid)]
    id: UpdateId,
    /// Where.
    #[schema(value_type = Uuid)]
    workspace_id: WorkspaceId,
    /// In which team.
    #[schema(value_type = Uuid)]
    team_id: TeamId,
    /// What it is called.
    title: String,
    /// What it is.
    #[schema(value_type = UpdateKindWord)]
    kind: UpdateKind,
}

impl From<RowUpdate> for UpdateBrief {
    fn from(row: RowUpdate) -> Self {
        Self {
            id: row.id,
            workspace_id: row.workspace_id,
            team_id: row.team_id,
            title: row.title,
            kind: row.kind,
        }
    }
}

/// A comment with the update that it stands on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ask)]
pub struct AskView {
    /// The comment.
    #[serde(flatten)]
    comment: CommentView,
    /// On which update.
    update: UpdateBrief,
    /// An ask: how long it waits or has waited, in working minutes of whom it is addressed to; null where it is
    /// addressed to nobody.
    age_working_minutes: Option<i64>,
    /// A question: the accepted answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    answer: Option<CommentView>,
}

impl AskView {
    /// Whether it is a decision; everything else is asked of somebody.
    pub(crate) fn is_decision(&self) -> bool {
        self.comment.kind == CommentKind::Decision
    }
}

/// How long asks wait, or have waited, in working minutes of whom they are addressed to.
async fn ages(conn: &impl Conn, rows: &[RowComment], now: Timestamp) -> ApiResult<HashMap<CommentId, i64>> {
    let asked: Vec<UserId> = rows.iter().filter_map(RowComment::asked).collect();
    let hours = working::hours_of(conn, &asked).await?;
    let age = |row: &RowComment| {
        let hours = hours.get(&row.asked()?)?;
        let instant = |ms: i64| Timestamp::from_millisecond(ms).ok();
        let until = row.resolved_at.map_or(Some(now), instant)?;
        Some((row.id, working_time_between(instant(row.created_at)?, until, hours) / 60_000))
    };
    Ok(rows.iter().filter_map(age).collect())
}

/// Comments with their updates; a constant number of statements.
pub(crate) async fn show(conn: &impl Conn, rows: Vec<RowComment>, now: Timestamp) -> ApiResult<Vec<AskView>> {
    let ages = ages(conn, &rows, now).await?;
    let update_ids: Vec<UpdateId> = rows.iter().map(|row| row.update_id).collect();
    let answer_ids: Vec<CommentId> = rows.iter().filter_map(|row| row.answer_id).collect();
    let briefs: HashMap<UpdateId, UpdateBrief> =
        updates::find_all(conn, &update_ids).await?.into_iter().map(|row| (row.id, row.into())).collect();
    let answers = render(conn, comments::find_all(conn, &answer_ids).await?).await?;
    let answers: HashMap<CommentId, CommentView> = answers.into_iter().map(|view| (view.id, view)).collect();
    let shown = render(conn, rows).await?;
    let with = |comment: CommentView| {
        let update = briefs.get(&comment.update_id)?.clone();
        let answer = comment.answer_id.and_then(|id| answers.get(&id).cloned());
        let age_working_minutes = ages.get(&comment.id).copied();
        Some(AskView { comment, update, age_working_minutes, answer })
    };
    Ok(shown.into_iter().filter_map(with).collect())
}
