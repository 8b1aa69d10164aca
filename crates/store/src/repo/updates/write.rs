//! Making and changing updates.

use meridian_domain::enums::{EventKind, Priority, PublishState, TranscriptStatus, UpdateKind, UpdateStatus};
use meridian_domain::ids::{AudienceId, RoundId, TeamId, UpdateId, UserId, WorkspaceId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{Chapter, Link, RowUpdate, Trim, emit_row, find_any, row};
use crate::entity::updates::{self, Column};
use crate::repo::{audiences, rounds, search};
use crate::{Conn, StoreError, Tx, json};

/// Who a new update is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// One that exists (the team's, or that of the update it answers).
    Existing(AudienceId),
    /// These people, the author among them.
    People(Vec<UserId>),
}

/// An update to make.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of the table and of api.md")]
pub struct NewUpdate {
    pub workspace_id: WorkspaceId,
    pub team_id: TeamId,
    pub audience: Audience,
    pub author_id: UserId,
    pub title: String,
    pub kind: UpdateKind,
    pub body: String,
    pub links: Vec<Link>,
    pub publish_state: PublishState,
    pub publish_at: Option<i64>,
    pub priority: Priority,
    pub round_id: Option<RoundId>,
    pub reply_to_id: Option<UpdateId>,
    pub language: Option<String>,
    pub client_duration_ms: Option<i64>,
    pub chapters: Vec<Chapter>,
}

/// Makes an update and its events: `update.created`, and `update.published` when it is published at once.
pub async fn insert(tx: &Tx, new: &NewUpdate) -> Result<RowUpdate, StoreError> {
    let now = tx.clock().now_ms();
    let is_text = new.kind == UpdateKind::Text;
    let status = if is_text { UpdateStatus::Ready } else { UpdateStatus::AwaitingUpload };
    let transcript = if is_text { TranscriptStatus::Unavailable } else { TranscriptStatus::Pending };
    let published = new.publish_state == PublishState::Published;
    let model = updates::Model {
        id: UpdateId::new(tx.clock()).0,
        workspace_id: new.workspace_id.0,
        team_id: new.team_id.0,
        audience_id: audience(tx, new).await?.0,
        author_id: new.author_id.0,
        title: new.title.clone(),
        kind: new.kind.as_str().to_owned(),
        body: new.body.clone(),
        links: json::write("updates.links", &new.links)?,
        status: status.as_str().to_owned(),
        live: false,
        publish_state: new.publish_state.as_str().to_owned(),
        publish_at: new.publish_at,
        published_at: published.then_some(now),
        priority: new.priority.as_str().to_owned(),
        round_id: new.round_id.map(|id| id.0),
        reply_to_id: new.reply_to_id.map(|id| id.0),
        recorded_at: is_text.then_some(now),
        language: new.language.clone(),
        duration_ms: None,
        client_duration_ms: new.client_duration_ms,
        trim_start_ms: None,
        trim_end_ms: None,
        phase: status.as_str().to_owned(),
        percent: if is_text { 100 } else { 0 },
        failure_code: None,
        failure_detail: None,
        warnings: "[]".to_owned(),
        chapters: json::write("updates.chapters", &new.chapters)?,
        silence_map: "[]".to_owned(),
        upload_id: None,
        generation_id: None,
        transcript_status: transcript.as_str().to_owned(),
        transcript_language: None,
        word_count: 0,
        comment_count: 0,
        created_at: now,
        changed_at: now,
        version: 1,
        deleted_at: None,
        purge_at: None,
    };
    let active: updates::ActiveModel = model.clone().into();
    updates::Entity::insert(active).exec_without_returning(tx.raw()).await?;
    let row = row::from_model(model)?;
    emit_row(tx, EventKind::UpdateCreated, &row).await?;
    if published {
        search::index_update(tx, row.id).await?;
        emit_row(tx, EventKind::UpdatePublished, &row).await?;
        rounds::responded(tx, &row).await?;
    }
    Ok(row)
}

async fn audience(tx: &Tx, new: &NewUpdate) -> Result<AudienceId, StoreError> {
    match &new.audience {
        Audience::Existing(id) => Ok(*id),
        Audience::People(people) => audiences::of_people(tx, new.workspace_id, people).await,
    }
}

/// What a PATCH changes; `None` leaves a field alone.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are those of api.md")]
pub struct Edit {
    pub title: Option<String>,
    pub body: Option<String>,
    pub links: Option<Vec<Link>>,
    pub chapters: Option<Vec<Chapter>>,
    pub priority: Option<Priority>,
    pub trim: Option<Option<Trim>>,
}

/// Changes an update whose version is still `version`, with the event `update.changed`.
///
/// # Errors
/// [`StoreError::Conflict`] when somebody changed or deleted it in between.
pub async fn edit(tx: &Tx, id: UpdateId, version: i64, edit: &Edit) -> Result<RowUpdate, StoreError> {
    let mut update = updates::Entity::update_many()
        .col_expr(Column::ChangedAt, Expr::value(tx.clock().now_ms()))
        .col_expr(Column::Version, Expr::cust("version + 1"));
    if let Some(title) = &edit.title {
        update = update.col_expr(Column::Title, Expr::value(title.as_str()));
    }
    if let Some(body) = &edit.body {
        update = update.col_expr(Column::Body, Expr::value(body.as_str()));
    }
    if let Some(links) = &edit.links {
        update = update.col_expr(Column::Links, Expr::value(json::write("updates.links", links)?));
    }
    if let Some(chapters) = &edit.chapters {
        update = update.col_expr(Column::Chapters, Expr::value(json::write("updates.chapters", chapters)?));
    }
    if let Some(priority) = edit.priority {
        update = update.col_expr(Column::Priority, Expr::value(priority.as_str()));
    }
    if let Some(trim) = edit.trim {
        update = update
            .col_expr(Column::TrimStartMs, Expr::value(trim.map(|t| t.start_ms)))
            .col_expr(Column::TrimEndMs, Expr::value(trim.map(|t| t.end_ms)));
    }
    let changed = update
        .filter(Column::Id.eq(id.0))
        .filter(Column::Version.eq(version))
        .filter(Column::DeletedAt.is_null())
        .exec(tx.raw())
        .await?;
    let row = find_any(tx, id).await?;
    match row {
        Some(row) if changed.rows_affected == 1 => {
            if row.is_published() {
                search::index_update(tx, id).await?;
            }
            emit_row(tx, EventKind::UpdateChanged, &row).await?;
            Ok(row)
        }
        _ => Err(StoreError::Conflict { what: "the update" }),
    }
}
