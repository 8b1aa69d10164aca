//! GET `/check-in-templates`: check-ins to begin with.

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::view::ScheduleView;
use crate::auth::Auth;
use crate::error::{ApiResult, Problem};
use crate::http::Page;

/// A check-in to begin with: the fields of one to make.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CheckInTemplate)]
pub struct Template {
    /// A word for programs.
    pub key: &'static str,
    /// The name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// What is asked.
    pub prompts: Vec<&'static str>,
    /// When.
    pub schedule: ScheduleView,
    /// How long each window is.
    pub open_for_minutes: i64,
    /// When people are reminded.
    pub remind_before_minutes: Vec<i64>,
    /// Meant for a few named people.
    pub private: bool,
}

type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    (&'static [&'static str], &'static str, i64),
    i64,
    &'static [i64],
    bool,
);

const WORK_WEEK: &[&str] = &["mo", "tu", "we", "th", "fr"];

const TEMPLATES: &[Row] = &[
    (
        "standup",
        "Daily stand-up",
        "What is done, what is next, what is in the way; every morning, wherever each of you is.",
        &["What did you finish?", "What is next?", "What is in your way?"],
        (WORK_WEEK, "09:00", 1),
        180,
        &[30],
        false,
    ),
    (
        "weekly-review",
        "Weekly review",
        "The week in a few minutes, before the weekend.",
        &["What went well this week?", "What did not, and why?", "What is the plan for next week?"],
        (&["fr"], "13:00", 1),
        300,
        &[60],
        false,
    ),
    (
        "demo",
        "Demo day",
        "Show what works now. Record the screen.",
        &["What can you show?", "What do you want to hear about it?"],
        (&["th"], "10:00", 2),
        1440,
        &[240],
        false,
    ),
    (
        "retrospective",
        "Retrospective",
        "How you work together, every second week.",
        &["What should we keep?", "What should we change?", "What is one thing to try next?"],
        (&["we"], "14:00", 2),
        1440,
        &[240],
        false,
    ),
    (
        "one-on-one",
        "1-on-1",
        "Only the two of you see it.",
        &["How are you?", "What went well, what was hard?", "What do you need from me?", "What is next?"],
        (&["mo"], "10:00", 1),
        480,
        &[120],
        true,
    ),
    (
        "introduce-yourself",
        "Introduce yourself",
        "For a new team: faces, voices and time zones.",
        &["Who are you, and where?", "What are you working on?", "When do people reach you best?"],
        (&["mo"], "09:00", 52),
        10_080,
        &[1440],
        false,
    ),
    (
        "wins-and-thanks",
        "Wins and thanks",
        "A good end of the week.",
        &["What are you glad about?", "Whom do you want to thank?"],
        (&["fr"], "15:00", 1),
        240,
        &[60],
        false,
    ),
];

/// Check-ins to begin with.
#[utoipa::path(tag = "Check-ins", security(("bearer" = [])), responses(
    (status = 200, body = Page<Template>), (status = 401, body = Problem)))]
#[get("/check-in-templates")]
pub async fn list_templates(_auth: Auth) -> ApiResult<HttpResponse> {
    let template = |row: &Row| {
        let (key, name, description, prompts, (days, at, every_weeks), open_for_minutes, remind, private) =
            *row;
        Template {
            key,
            name,
            description,
            prompts: prompts.to_vec(),
            schedule: ScheduleView {
                days: days.iter().map(|day| (*day).to_owned()).collect(),
                at: at.to_owned(),
                zone: "member".to_owned(),
                every_weeks,
                starts_on: None,
                ends_on: None,
            },
            open_for_minutes,
            remind_before_minutes: remind.to_vec(),
            private,
        }
    };
    Ok(HttpResponse::Ok().json(Page { items: TEMPLATES.iter().map(template).collect(), next_cursor: None }))
}
