//! A round as the API shows it.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use meridian_domain::enums::{AnswerState, PlanState, Reason, RoundState};
use meridian_domain::ids::{CheckInId, PlanItemId, RoundId, TeamId, UpdateId, UserId};
use meridian_store::repo::rounds::PlanItem;
use meridian_store::repo::updates::Person;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoints::asks::view::AskView;
use crate::endpoints::check_ins::view::PromptView;
use crate::endpoints::updates::view::{PersonView, UpdateView};

/// Somebody who is expected.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExpectedView {
    /// Who.
    pub user: PersonView,
    /// When their window opens.
    #[schema(value_type = String, format = DateTime)]
    pub opens_at: Timestamp,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// `waiting`, `answered`, `late`, `excused` or `away`.
    #[schema(value_type = String)]
    pub state: AnswerState,
    /// When they were last reminded, by the clock or by hand; for those who remind.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub reminded_at: Option<Timestamp>,
    /// Their answers, oldest first.
    #[schema(value_type = Vec<Uuid>)]
    pub update_ids: Vec<UpdateId>,
}

/// The part of an answer that answers a prompt.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ByPrompt {
    /// Which prompt.
    pub prompt_id: String,
    /// From this moment on the source's time line; 0 in a text.
    pub start_ms: i64,
    /// To this one; 0 in a text.
    pub end_ms: i64,
    /// What was said or written; empty while nobody knows.
    pub text: String,
    /// What was written, as safe HTML; null for what was said.
    pub html: Option<String>,
}

/// An answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResponseView {
    /// The update.
    pub update: UpdateView,
    /// Its parts; empty where it has none.
    pub by_prompt: Vec<ByPrompt>,
    /// Everything that was said, where it has no parts; null in a text.
    pub said: Option<String>,
}

/// A plan, from an earlier round or this one.
#[derive(Debug, Serialize, ToSchema)]
pub struct CarriedOverView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: PlanItemId,
    /// What was planned.
    pub text: String,
    /// Whose.
    pub user: PersonView,
    /// In which round.
    #[schema(value_type = Uuid)]
    pub from_round_id: RoundId,
    /// `open`, `done` or `dropped`.
    #[schema(value_type = String)]
    pub state: PlanState,
    /// Where it is pinned as a goal: until when.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
}

impl CarriedOverView {
    pub(super) fn of(people: &HashMap<UserId, Person>, item: &PlanItem) -> Self {
        Self {
            user: PersonView::of(people, item.user_id),
            id: item.id,
            text: item.text.clone(),
            from_round_id: item.from_round_id,
            state: item.state,
            due_on: item.due_on,
        }
    }
}

/// One stretch to play.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlayItem {
    /// Of which update.
    #[schema(value_type = Uuid)]
    pub update_id: UpdateId,
    /// From this moment.
    pub from_ms: i64,
    /// To this one; a text has 0 and 0.
    pub to_ms: i64,
    /// `blocker`, `ask` or `answer`.
    #[schema(value_type = String)]
    pub reason: Reason,
}

/// "Play the round".
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaylistView {
    /// Everything as recorded.
    pub total_ms: i64,
    /// What the items take at normal speed.
    pub total_without_silence_ms: i64,
    /// Blockers and asks first, then by time; nothing twice.
    pub items: Vec<PlayItem>,
}

/// Meeting time saved: `meeting_minutes` is `replaced_minutes` times `people`, `watch_minutes` what others spent on the
/// answers so far.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedView {
    /// What the meeting would have taken of everybody's time.
    pub meeting_minutes: i64,
    /// What watching, listening and reading took so far.
    pub watch_minutes: i64,
    /// The meeting's length.
    pub replaced_minutes: i64,
    /// Those who are expected, neither excused nor away.
    pub people: usize,
}

/// A round.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Round)]
#[expect(missing_docs, reason = "the fields are those of api.md")]
pub struct RoundView {
    #[schema(value_type = Uuid)]
    pub id: RoundId,
    #[schema(value_type = Uuid)]
    pub check_in_id: CheckInId,
    #[schema(value_type = Uuid)]
    pub team_id: TeamId,
    /// The check-in's name when the round began.
    pub name: String,
    /// Whether only named people see it.
    pub private: bool,
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    #[schema(value_type = String)]
    pub state: RoundState,
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub closes_at: Timestamp,
    pub expected: Vec<ExpectedView>,
    pub prompts: Vec<PromptView>,
    pub responses: Vec<ResponseView>,
    pub decisions: Vec<AskView>,
    pub open_asks: Vec<AskView>,
    /// What is pinned until it is done, the earliest date first.
    pub goals: Vec<CarriedOverView>,
    /// Plans that were made in this round.
    pub planned: Vec<CarriedOverView>,
    pub carried_over: Vec<CarriedOverView>,
    pub playlist: PlaylistView,
    pub saved: Option<SavedView>,
    /// The round before.
    #[schema(value_type = Option<Uuid>)]
    pub previous_id: Option<RoundId>,
    /// The round after.
    #[schema(value_type = Option<Uuid>)]
    pub next_id: Option<RoundId>,
    /// The longest recording that the check-in asks for.
    pub max_duration_ms: Option<i64>,
    /// Whether the viewer excuses and reminds others.
    pub can_manage: bool,
}
