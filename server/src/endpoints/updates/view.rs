//! An update as one viewer sees it.

use std::collections::HashMap;

use futures::try_join;
use jiff::Timestamp;
use meridian_domain::enums::{Priority, PublishState, TranscriptStatus, UpdateKind, UpdateStatus};
use meridian_domain::ids::{RoundId, TeamId, UpdateId, UserId, WorkspaceId};
use meridian_store::Conn;
use meridian_store::repo::comments::RowComment;
use meridian_store::repo::updates::{self, Chapter, Link, Person, RowUpdate, Summary, Trim, Warning};
use serde::Serialize;
use utoipa::ToSchema;

use super::schema::{PriorityWord, PublishStateWord, TranscriptStatusWord, UpdateKindWord, UpdateStatusWord};
use crate::auth::Auth;
use crate::endpoints::media::{MediaUrls, media_urls};
use crate::error::{ApiError, ApiResult};
use crate::markdown;
use crate::state::AppState;

/// A person as others see them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonView {
    /// Who.
    #[schema(value_type = Uuid)]
    pub id: UserId,
    /// The name.
    pub display_name: String,
    /// IANA name.
    pub time_zone: String,
}

impl From<&Person> for PersonView {
    fn from(person: &Person) -> Self {
        Self { id: person.id, display_name: person.display_name.clone(), time_zone: person.time_zone.clone() }
    }
}

impl PersonView {
    /// The person with this id; somebody whose row is gone keeps a place.
    pub fn of(people: &HashMap<UserId, Person>, id: UserId) -> Self {
        people.get(&id).map_or_else(
            || Self { id, display_name: "Former member".to_owned(), time_zone: "UTC".to_owned() },
            Self::from,
        )
    }

    /// Whoever wrote a comment: guests by what they called themselves, marked so that nobody takes them for a member.
    pub fn of_author(people: &HashMap<UserId, Person>, comment: &RowComment) -> Self {
        match &comment.guest_name {
            None => Self::of(people, comment.author_id),
            Some(name) => {
                let display_name = format!("{name} (guest)");
                Self { id: comment.author_id, display_name, time_zone: "UTC".to_owned() }
            }
        }
    }
}

/// Who sees an update.
#[derive(Debug, Serialize, ToSchema)]
pub struct AudienceView {
    /// `team` or `people`.
    pub kind: &'static str,
    /// With `people`: who.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Uuid>>, nullable = false)]
    pub user_ids: Option<Vec<UserId>>,
}

/// A document that goes with an update.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkView {
    /// `http` or `https`.
    pub url: String,
    /// What it is called.
    pub title: String,
}

impl From<Link> for LinkView {
    fn from(Link { url, title }: Link) -> Self {
        Self { url, title }
    }
}

/// A named moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChapterView {
    /// On the source's time line.
    pub at_ms: i64,
    /// What it is called.
    pub title: String,
    /// Which prompt of a check-in it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub prompt_id: Option<String>,
}

impl From<Chapter> for ChapterView {
    fn from(Chapter { at_ms, title, prompt_id }: Chapter) -> Self {
        Self { at_ms, title, prompt_id }
    }
}

/// A word and a sentence.
#[derive(Debug, Serialize, ToSchema)]
pub struct Notice {
    /// For programs.
    pub code: String,
    /// For people.
    pub detail: String,
}

/// When others see an update.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishView {
    /// Whether they do.
    #[schema(value_type = PublishStateWord)]
    pub state: PublishState,
    /// Since when, or from when on; null for a draft.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

/// The part of the source that is shown, on the source's time line.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrimView {
    /// First shown moment.
    pub start_ms: i64,
    /// First moment that is no longer shown.
    pub end_ms: i64,
}

impl From<Trim> for TrimView {
    fn from(Trim { start_ms, end_ms }: Trim) -> Self {
        Self { start_ms, end_ms }
    }
}

/// How far the work is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgressView {
    /// What is being done.
    pub phase: String,
    /// 0 to 100.
    pub percent: i64,
}

/// How far the transcript is.
#[derive(Debug, Serialize, ToSchema)]
pub struct TranscriptView {
    /// How far.
    #[schema(value_type = TranscriptStatusWord)]
    pub status: TranscriptStatus,
    /// BCP 47.
    pub language: Option<String>,
    /// Words.
    pub word_count: i64,
}

/// Counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountsView {
    /// Comments that are not deleted.
    pub comments: i64,
    /// Questions, actions and blockers addressed to somebody and not resolved.
    pub open_asks: i64,
    /// Others than the author who took it in, wholly or partly.
    pub viewers: i64,
}

/// How much of it the viewer took in.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyWatchView {
    /// Where the viewer stopped.
    pub position_ms: i64,
    /// Of the time that is not silence, 0 to 1.
    pub seen_ratio: f64,
    /// From 0.9 on.
    pub seen: bool,
}

/// An update.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Update)]
#[expect(missing_docs, reason = "the fields are explained in the reference's text")]
pub struct UpdateView {
    #[schema(value_type = Uuid)]
    pub id: UpdateId,
    #[schema(value_type = Uuid)]
    pub workspace_id: WorkspaceId,
    #[schema(value_type = Uuid)]
    pub team_id: TeamId,
    pub audience: AudienceView,
    pub author: PersonView,
    pub title: String,
    #[schema(value_type = UpdateKindWord)]
    pub kind: UpdateKind,
    /// Markdown.
    pub body: String,
    /// The body as safe HTML.
    pub body_html: String,
    pub links: Vec<LinkView>,
    #[schema(value_type = UpdateStatusWord)]
    pub status: UpdateStatus,
    /// A recorder is sending.
    pub live: bool,
    pub publish: PublishView,
    #[schema(value_type = PriorityWord)]
    pub priority: Priority,
    #[schema(value_type = Option<Uuid>)]
    pub round_id: Option<RoundId>,
    #[schema(value_type = Option<Uuid>)]
    pub reply_to_id: Option<UpdateId>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub recorded_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// BCP 47; null: detected.
    pub language: Option<String>,
    /// The visible length; null until it is known.
    pub duration_ms: Option<i64>,
    pub trim: Option<TrimView>,
    pub progress: ProgressView,
    pub failure: Option<Notice>,
    pub warnings: Vec<Notice>,
    pub chapters: Vec<ChapterView>,
    /// `[start_ms, end_ms]` each.
    #[schema(value_type = Vec<(i64, i64)>)]
    pub silence_map: Vec<(i64, i64)>,
    /// Where its recording is uploaded to; null for a text.
    pub upload_url: Option<String>,
    /// The page for people who are signed in; complete.
    pub share_url: String,
    pub media: MediaUrls,
    pub transcript: TranscriptView,
    pub counts: CountsView,
    pub my_watch: MyWatchView,
    /// Whether the viewer may edit and delete it.
    pub can_edit: bool,
}

/// Updates as the viewer sees them, in their order; a constant number of statements.
pub async fn render(
    state: &AppState,
    conn: &impl Conn,
    auth: &Auth,
    rows: Vec<RowUpdate>,
) -> ApiResult<Vec<UpdateView>> {
    let authors: Vec<UserId> = rows.iter().map(|row| row.author_id).collect();
    let (people, mut summaries, managed, mut media) = try_join!(
        async { Ok::<_, ApiError>(updates::people(conn, &authors).await?) },
        async { Ok(updates::summaries(conn, auth.user, &rows).await?) },
        async { Ok(updates::managed_teams(conn, auth.user, &rows).await?) },
        media_urls(state, conn, auth, &rows)
    )?;
    rows.into_iter()
        .map(|row| {
            let summary = summaries.remove(&row.id).unwrap_or_default();
            let can_edit = row.author_id == auth.user || managed.contains(&row.team_id);
            let media = media.remove(&row.id).unwrap_or_default();
            view(state, row, &people, summary, can_edit, media)
        })
        .collect()
}

/// The same for one.
pub async fn render_one(
    state: &AppState,
    conn: &impl Conn,
    auth: &Auth,
    row: RowUpdate,
) -> ApiResult<UpdateView> {
    render(state, conn, auth, vec![row]).await?.pop().ok_or_else(ApiError::not_found)
}

fn instant(ms: i64) -> ApiResult<Timestamp> {
    Timestamp::from_millisecond(ms).map_err(ApiError::internal)
}

fn view(
    state: &AppState,
    row: RowUpdate,
    people: &HashMap<UserId, Person>,
    summary: Summary,
    can_edit: bool,
    media: MediaUrls,
) -> ApiResult<UpdateView> {
    let is_text = row.kind == UpdateKind::Text;
    let kind = if summary.people.is_some() { "people" } else { "team" };
    Ok(UpdateView {
        audience: AudienceView { kind, user_ids: summary.people },
        author: PersonView::of(people, row.author_id),
        body_html: markdown::kept_html(&row.body),
        publish: PublishView {
            state: row.publish_state,
            at: row.published_at.or(row.publish_at).map(instant).transpose()?,
        },
        recorded_at: row.recorded_at.map(instant).transpose()?,
        published_at: row.published_at.map(instant).transpose()?,
        created_at: instant(row.created_at)?,
        duration_ms: row.visible_ms(),
        trim: row.trim.map(Into::into),
        progress: ProgressView { phase: row.phase, percent: row.percent },
        failure: row.failure_code.map(|code| Notice { code, detail: row.failure_detail.unwrap_or_default() }),
        warnings: row.warnings.into_iter().map(|Warning { code, detail }| Notice { code, detail }).collect(),
        links: row.links.into_iter().map(Into::into).collect(),
        chapters: row.chapters.into_iter().map(Into::into).collect(),
        upload_url: (!is_text).then(|| format!("/api/v1/uploads?update_id={}", row.id)),
        share_url: format!("{}/u/{}", state.settings.public_url, row.id),
        media,
        transcript: TranscriptView {
            status: row.transcript_status,
            language: row.transcript_language,
            word_count: row.word_count,
        },
        counts: CountsView {
            comments: row.comment_count,
            open_asks: summary.open_asks,
            viewers: summary.viewers,
        },
        my_watch: MyWatchView {
            position_ms: summary.position_ms,
            seen_ratio: summary.seen_ratio,
            seen: summary.seen,
        },
        id: row.id,
        workspace_id: row.workspace_id,
        team_id: row.team_id,
        title: row.title,
        kind: row.kind,
        body: row.body,
        status: row.status,
        live: row.live,
        priority: row.priority,
        round_id: row.round_id,
        reply_to_id: row.reply_to_id,
        language: row.language,
        silence_map: row.silence_map,
        can_edit,
    })
}
