//! An entry of an inbox as its owner sees it.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use meridian_domain::enums::{AnswerState, NotificationKind, UpdateKind};
use meridian_domain::ids::{CommentId, NotificationId, RoundId, TeamId, UpdateId, UserId, WorkspaceId};
use meridian_store::Conn;
use meridian_store::repo::comments::{self, RowComment};
use meridian_store::repo::notifications::Notification;
use meridian_store::repo::rounds::{self, Mine};
use meridian_store::repo::updates::{self, Person, RowUpdate};
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoints::updates::schema::UpdateKindWord;
use crate::endpoints::updates::view::PersonView;
use crate::error::{ApiError, ApiResult};

/// How many characters of a comment are shown.
const EXCERPT_CHARS: usize = 200;

/// Why something stands in an inbox.
#[derive(ToSchema)]
#[schema(as = NotificationKind)]
#[serde(rename_all = "snake_case")]
pub enum KindWord {
    Comment,
    Round,
    Reply,
    Answer,
    Mention,
    Talk,
    Direct,
    Ask,
    Backup,
    Urgent,
}

/// The update that a notification is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationUpdate)]
pub struct AboutView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: UpdateId,
    /// In which team.
    #[schema(value_type = Uuid)]
    pub team_id: TeamId,
    /// What it is called.
    pub title: String,
    /// What it is.
    #[schema(value_type = UpdateKindWord)]
    pub kind: UpdateKind,
}

/// The round that waits, or waited, for one's answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationRound)]
pub struct AboutRound {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: RoundId,
    /// In which team.
    #[schema(value_type = Uuid)]
    pub team_id: TeamId,
    /// The check-in's name.
    pub name: String,
    /// The date of the rule.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// When one's window ends.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// `waiting`, `answered`, `late`, `excused` or `away`.
    #[schema(value_type = String)]
    pub state: AnswerState,
    /// Whether one can still answer in time.
    pub waits: bool,
}

/// One thread in an inbox.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notification)]
pub struct NotificationView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: NotificationId,
    /// In which workspace.
    #[schema(value_type = Uuid)]
    pub workspace_id: WorkspaceId,
    /// The strongest reason in the thread.
    #[schema(value_type = KindWord)]
    pub kind: NotificationKind,
    /// What it is about.
    pub update: Option<AboutView>,
    /// The newest comment of the thread that one is told of.
    #[schema(value_type = Option<Uuid>)]
    pub comment_id: Option<CommentId>,
    /// The moment of that comment.
    pub at_ms: Option<i64>,
    /// The round.
    #[schema(value_type = Option<Uuid>)]
    pub round_id: Option<RoundId>,
    /// The round, where the entry is about one's own answer to it.
    pub round: Option<AboutRound>,
    /// Who did it, the latest first, each once.
    pub actors: Vec<PersonView>,
    /// How many things happened.
    pub count: usize,
    /// The beginning of the newest comment, as it was written.
    pub excerpt: Option<String>,
    /// When the newest happened.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Since when it is read.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub read_at: Option<Timestamp>,
}

/// What a page of entries needs, read at once.
pub(crate) struct Material {
    pub(crate) updates: HashMap<UpdateId, RowUpdate>,
    pub(crate) comments: HashMap<CommentId, RowComment>,
    pub(crate) people: HashMap<UserId, Person>,
    pub(crate) rounds: Vec<Mine>,
    /// In milliseconds since 1970.
    pub(crate) now: i64,
}

impl Material {
    /// Reads it; updates as far as the viewer sees them.
    pub(crate) async fn read(
        conn: &impl Conn,
        viewer: UserId,
        entries: &[Notification],
        now: i64,
    ) -> ApiResult<Self> {
        let waiting = entries.iter().filter(|entry| entry.update_id.is_none());
        let waiting: Vec<RoundId> = waiting.filter_map(|entry| entry.round_id).collect();
        let about: Vec<UpdateId> = entries.iter().filter_map(|entry| entry.update_id).collect();
        let items = || entries.iter().flat_map(|entry| &entry.items);
        let said: Vec<CommentId> = items().filter_map(|item| item.comment_id).collect();
        let actors: Vec<UserId> = items().filter_map(|item| item.actor_id).collect();
        let updates = updates::find_visible_of(conn, viewer, &about).await?;
        let comments = comments::find_all(conn, &said).await?;
        Ok(Self {
            updates: updates.into_iter().map(|row| (row.id, row)).collect(),
            comments: comments.into_iter().map(|row| (row.id, row)).collect(),
            people: updates::people(conn, &actors).await?,
            rounds: rounds::mine(conn, viewer, &waiting).await?,
            now,
        })
    }

    /// Who did something; guests are known by the comment that they wrote.
    fn actor(&self, id: UserId, comment: Option<CommentId>) -> PersonView {
        let guests = comment.and_then(|id| self.comments.get(&id)).filter(|row| row.guest_name.is_some());
        match guests.filter(|row| row.author_id == id) {
            Some(row) => PersonView::of_author(&self.people, row),
            None => PersonView::of(&self.people, id),
        }
    }
}

/// The first characters of a text, on one line.
pub(crate) fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(EXCERPT_CHARS) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

fn about_round(mine: &Mine, now: i64) -> ApiResult<AboutRound> {
    let round = &mine.round;
    Ok(AboutRound {
        id: round.id,
        team_id: round.team_id,
        name: round.name.clone(),
        date: round.date,
        due_at: Timestamp::from_millisecond(mine.window.due_at).map_err(ApiError::internal)?,
        state: mine.state,
        waits: mine.waits(now),
    })
}

/// An entry of an inbox.
pub(crate) fn show(entry: &Notification, material: &Material) -> ApiResult<NotificationView> {
    let instant = |ms: i64| Timestamp::from_millisecond(ms).map_err(ApiError::internal);
    let update = entry.update_id.and_then(|id| material.updates.get(&id));
    let round = entry.round_id.filter(|_| entry.update_id.is_none());
    let round = round.and_then(|id| material.rounds.iter().find(|mine| mine.round.id == id));
    let newest = entry.items.iter().find_map(|item| material.comments.get(&item.comment_id?));
    let mut actors: Vec<PersonView> = Vec::new();
    for item in &entry.items {
        let Some(actor) = item.actor_id.map(|id| material.actor(id, item.comment_id)) else { continue };
        if !actors.iter().any(|known| (known.id, &known.display_name) == (actor.id, &actor.display_name)) {
            actors.push(actor);
        }
    }
    Ok(NotificationView {
        id: entry.id,
        workspace_id: entry.workspace_id,
        kind: entry.kind,
        update: update.map(|row| AboutView {
            id: row.id,
            team_id: row.team_id,
            title: row.title.clone(),
            kind: row.kind,
        }),
        comment_id: newest.map(|comment| comment.id),
        at_ms: newest.and_then(|comment| comment.at_ms),
        round_id: entry.round_id,
        round: round.map(|mine| about_round(mine, material.now)).transpose()?,
        actors,
        count: entry.items.len(),
        excerpt: newest.map(|comment| excerpt(&comment.body)),
        at: instant(entry.last_at)?,
        read_at: entry.read_at.map(instant).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_line_and_cut_between_characters() {
        assert_eq!(excerpt("a\n\n b\tc"), "a b c");
        let long = "ü".repeat(300);
        assert_eq!(excerpt(&long), format!("{}…", "ü".repeat(200)));
        assert_eq!(excerpt(&"x".repeat(200)), "x".repeat(200));
    }
}
