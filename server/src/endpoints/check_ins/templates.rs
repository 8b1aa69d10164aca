//! GET `/check-in-templates`: check-ins to begin with, in the languages of the web app.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::view::ScheduleView;
use crate::auth::Auth;
use crate::error::{ApiResult, Problem};
use crate::http::{ApiQuery, Page};

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

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TemplateQuery {
    /// A language tag, `de-AT`; what is not known, and none, is English.
    language: Option<String>,
}

/// Name, what it is for, what is asked.
type Text = (&'static str, &'static str, &'static [&'static str]);

struct Row {
    key: &'static str,
    english: Text,
    german: Text,
    days: &'static [&'static str],
    at: &'static str,
    every_weeks: i64,
    open_for_minutes: i64,
    remind_before_minutes: &'static [i64],
    private: bool,
}

const WORK_WEEK: &[&str] = &["mo", "tu", "we", "th", "fr"];

const TEMPLATES: &[Row] = &[
    Row {
        key: "standup",
        english: (
            "Daily stand-up",
            "What is done, what is next, what is in the way; every morning, wherever each of you is.",
            &["What did you finish?", "What is next?", "What is in your way?"],
        ),
        german: (
            "Tägliches Stand-up",
            "Was fertig ist, was als Nächstes kommt, was im Weg steht; jeden Morgen, wo immer ihr seid.",
            &["Was hast du fertig?", "Was kommt als Nächstes?", "Was steht dir im Weg?"],
        ),
        days: WORK_WEEK,
        at: "09:00",
        every_weeks: 1,
        open_for_minutes: 180,
        remind_before_minutes: &[30],
        private: false,
    },
    Row {
        key: "weekly-review",
        english: (
            "Weekly review",
            "The week in a few minutes, before the weekend.",
            &["What went well this week?", "What did not, and why?", "What is the plan for next week?"],
        ),
        german: (
            "Wochenrückblick",
            "Die Woche in ein paar Minuten, vor dem Wochenende.",
            &["Was lief diese Woche gut?", "Was nicht, und warum?", "Was ist der Plan für nächste Woche?"],
        ),
        days: &["fr"],
        at: "13:00",
        every_weeks: 1,
        open_for_minutes: 300,
        remind_before_minutes: &[60],
        private: false,
    },
    Row {
        key: "demo",
        english: (
            "Demo day",
            "Show what works now. Record the screen.",
            &["What can you show?", "What do you want to hear about it?"],
        ),
        german: (
            "Demo-Tag",
            "Zeigt, was jetzt geht. Nehmt den Bildschirm auf.",
            &["Was kannst du zeigen?", "Was möchtest du dazu hören?"],
        ),
        days: &["th"],
        at: "10:00",
        every_weeks: 2,
        open_for_minutes: 1440,
        remind_before_minutes: &[240],
        private: false,
    },
    Row {
        key: "retrospective",
        english: (
            "Retrospective",
            "How you work together, every second week.",
            &["What should we keep?", "What should we change?", "What is one thing to try next?"],
        ),
        german: (
            "Retrospektive",
            "Wie ihr zusammenarbeitet, alle zwei Wochen.",
            &[
                "Was sollten wir beibehalten?",
                "Was sollten wir ändern?",
                "Was probieren wir als Nächstes aus?",
            ],
        ),
        days: &["we"],
        at: "14:00",
        every_weeks: 2,
        open_for_minutes: 1440,
        remind_before_minutes: &[240],
        private: false,
    },
    Row {
        key: "one-on-one",
        english: (
            "1-on-1",
            "Only the two of you see it.",
            &["How are you?", "What went well, what was hard?", "What do you need from me?", "What is next?"],
        ),
        german: (
            "Zu zweit",
            "Nur ihr beide seht es.",
            &[
                "Wie geht es dir?",
                "Was lief gut, was war schwer?",
                "Was brauchst du von mir?",
                "Was kommt als Nächstes?",
            ],
        ),
        days: &["mo"],
        at: "10:00",
        every_weeks: 1,
        open_for_minutes: 480,
        remind_before_minutes: &[120],
        private: true,
    },
    Row {
        key: "introduce-yourself",
        english: (
            "Introduce yourself",
            "For a new team: faces, voices and time zones.",
            &["Who are you, and where?", "What are you working on?", "When do people reach you best?"],
        ),
        german: (
            "Stell dich vor",
            "Für ein neues Team: Gesichter, Stimmen und Zeitzonen.",
            &["Wer bist du, und wo?", "Woran arbeitest du?", "Wann erreicht man dich am besten?"],
        ),
        days: &["mo"],
        at: "09:00",
        every_weeks: 52,
        open_for_minutes: 10_080,
        remind_before_minutes: &[1440],
        private: false,
    },
    Row {
        key: "wins-and-thanks",
        english: (
            "Wins and thanks",
            "A good end of the week.",
            &["What are you glad about?", "Whom do you want to thank?"],
        ),
        german: (
            "Erfolge und Dank",
            "Ein guter Abschluss der Woche.",
            &["Worüber freust du dich?", "Wem möchtest du danken?"],
        ),
        days: &["fr"],
        at: "15:00",
        every_weeks: 1,
        open_for_minutes: 240,
        remind_before_minutes: &[60],
        private: false,
    },
];

fn is_german(tag: Option<&str>) -> bool {
    tag.and_then(|tag| tag.split(['-', '_']).next()).is_some_and(|primary| primary.eq_ignore_ascii_case("de"))
}

fn template(row: &Row, german: bool) -> Template {
    let (name, description, prompts) = if german { row.german } else { row.english };
    Template {
        key: row.key,
        name,
        description,
        prompts: prompts.to_vec(),
        schedule: ScheduleView {
            days: row.days.iter().map(|day| (*day).to_owned()).collect(),
            at: row.at.to_owned(),
            zone: "member".to_owned(),
            every_weeks: row.every_weeks,
            starts_on: None,
            ends_on: None,
        },
        open_for_minutes: row.open_for_minutes,
        remind_before_minutes: row.remind_before_minutes.to_vec(),
        private: row.private,
    }
}

/// Check-ins to begin with.
#[utoipa::path(tag = "Check-ins", security(("bearer" = [])), params(TemplateQuery), responses(
    (status = 200, body = Page<Template>), (status = 400, body = Problem), (status = 401, body = Problem)))]
#[get("/check-in-templates")]
pub async fn list_templates(_auth: Auth, query: ApiQuery<TemplateQuery>) -> ApiResult<HttpResponse> {
    let german = is_german(query.0.language.as_deref());
    let items = TEMPLATES.iter().map(|row| template(row, german)).collect();
    Ok(HttpResponse::Ok().json(Page { items, next_cursor: None }))
}
