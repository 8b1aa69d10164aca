//! What is asked of a check-in, when it is made and when it is changed.

use std::collections::HashSet;

use garde::Validate;
use jiff::civil::Date;
use meridian_domain::ids::UserId;
use meridian_domain::rounds::prompts::Prompt;
use meridian_domain::schedule::Schedule;
use meridian_store::Conn;
use meridian_store::repo::check_ins::NewCheckIn;
use meridian_store::repo::updates::{self, TeamAccess};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::{ApiError, ApiResult, FieldError};
use crate::http::{Given, check};

/// Most prompts.
const MAX_PROMPTS: usize = 20;
/// Longest prompt, in characters.
const MAX_PROMPT: usize = 300;
/// Longest window and earliest reminder: thirty days.
const MAX_MINUTES: i64 = 30 * 24 * 60;
/// Most reminders.
const MAX_REMINDERS: usize = 10;
/// Most named people.
const MAX_PEOPLE: usize = 500;

/// A prompt: its text, or with the id that it had.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum PromptBody {
    /// The text; one that stood there before keeps its id.
    Text(String),
    /// An edited one.
    Kept {
        /// The id that it had.
        id: Option<String>,
        /// What is asked.
        text: String,
    },
}

/// When it happens.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = ScheduleBody)]
pub struct ScheduleBody {
    /// `mo` to `su`.
    pub days: Vec<String>,
    /// Such as `09:00`.
    pub at: String,
    /// `member`: where each member is; else an IANA name.
    pub zone: String,
    /// Every so many ISO weeks, 1 to 52.
    pub every_weeks: Option<i64>,
    /// The first date.
    #[schema(value_type = Option<String>, format = Date)]
    pub starts_on: Option<Date>,
    /// The last date; it counts.
    #[schema(value_type = Option<String>, format = Date)]
    pub ends_on: Option<Date>,
}

impl From<ScheduleBody> for Schedule {
    fn from(body: ScheduleBody) -> Self {
        let ScheduleBody { days, at, zone, every_weeks, starts_on, ends_on } = body;
        Self { days, at, zone, every_weeks: Some(every_weeks.unwrap_or(1)), starts_on, ends_on }
    }
}

/// A check-in to make.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = NewCheckIn)]
pub struct CreateBody {
    /// 1 to 120 characters.
    #[garde(skip)]
    pub name: String,
    /// 1 to 20 texts of at most 300 characters.
    #[garde(skip)]
    #[schema(value_type = Vec<String>)]
    pub prompts: Vec<PromptBody>,
    /// When.
    #[garde(skip)]
    pub schedule: ScheduleBody,
    /// How long each window is, 1 to 43,200.
    #[garde(skip)]
    pub open_for_minutes: i64,
    /// So many minutes before a window ends its person is reminded; at most 10.
    #[garde(skip)]
    #[serde(default)]
    pub remind_before_minutes: Vec<i64>,
    /// Who is expected; where not given everybody.
    #[garde(skip)]
    #[schema(value_type = Option<Vec<Uuid>>)]
    pub expected: Option<Vec<UserId>>,
    /// The longest recorded answer, from one second on.
    #[garde(skip)]
    pub max_duration_ms: Option<i64>,
    /// Only these people and you see it, its rounds and the answers.
    #[garde(skip)]
    #[schema(value_type = Option<Vec<Uuid>>)]
    pub private_to: Option<Vec<UserId>>,
    /// How long the meeting was that it replaces, 1 to 1,440.
    #[garde(skip)]
    pub replaces_meeting_minutes: Option<i64>,
}

/// Fields to change; what is missing stays.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = PatchCheckIn)]
#[expect(missing_docs, reason = "the fields are those of NewCheckIn")]
pub struct PatchBody {
    #[garde(skip)]
    pub name: Option<String>,
    #[garde(skip)]
    #[schema(value_type = Option<Vec<String>>)]
    pub prompts: Option<Vec<PromptBody>>,
    #[garde(skip)]
    pub schedule: Option<ScheduleBody>,
    #[garde(skip)]
    pub open_for_minutes: Option<i64>,
    #[garde(skip)]
    pub remind_before_minutes: Option<Vec<i64>>,
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Option<Vec<Uuid>>)]
    pub expected: Given<Vec<UserId>>,
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub max_duration_ms: Given<i64>,
    #[garde(skip)]
    #[schema(value_type = Option<Vec<Uuid>>)]
    pub private_to: Option<Vec<UserId>>,
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub replaces_meeting_minutes: Given<i64>,
}

/// Prompts with ids: one that is named or whose text stood there before keeps its id, others get a new one.
pub fn prompts(given: Vec<PromptBody>, before: &[Prompt]) -> Vec<Prompt> {
    let mut used: HashSet<String> = before.iter().map(|prompt| prompt.id.clone()).collect();
    let mut taken: HashSet<String> = HashSet::new();
    let mut numbers = 1..;
    given
        .into_iter()
        .map(|prompt| {
            let (id, text) = match prompt {
                PromptBody::Text(text) => (None, text),
                PromptBody::Kept { id, text } => (id, text),
            };
            let text = text.trim().to_owned();
            let known = before.iter().find(|old| match &id {
                Some(id) => old.id == *id,
                None => old.text == text,
            });
            let kept = known.map(|old| old.id.clone()).filter(|id| !taken.contains(id));
            let id = kept.unwrap_or_else(|| fresh(&mut numbers, &used));
            used.insert(id.clone());
            taken.insert(id.clone());
            Prompt { id, text }
        })
        .collect()
}

fn fresh(numbers: &mut std::ops::RangeFrom<u32>, used: &HashSet<String>) -> String {
    numbers.map(|number| format!("p{number}")).find(|id| !used.contains(id)).unwrap_or_default()
}

fn wrong(field: &str, code: &str, detail: impl Into<String>) -> FieldError {
    FieldError { field: field.to_owned(), code: code.to_owned(), detail: detail.into() }
}

/// Checks a check-in as it is to be.
///
/// # Errors
/// 422 with every field that is not valid.
pub async fn check(
    conn: &impl Conn,
    viewer: UserId,
    team: &TeamAccess,
    new: &mut NewCheckIn,
) -> ApiResult<()> {
    new.name = String::from(new.name.trim());
    let mut errors = shape(new);
    if let Some(people) = &mut new.private_to {
        people.push(viewer);
        people.sort_unstable();
        people.dedup();
    }
    for (field, people) in [("private_to", &new.private_to), ("expected", &new.expected)] {
        for person in people.iter().flatten() {
            let sees = updates::team_access(conn, *person, team.team_id).await?;
            if !sees.is_some_and(|sees| sees.reads()) {
                errors.push(wrong(field, "cannot_see", format!("{person} does not see this team.")));
            }
        }
    }
    if let (Some(expected), Some(people)) = (&new.expected, &new.private_to)
        && expected.iter().any(|person| !people.contains(person))
    {
        errors.push(wrong(
            "expected",
            "cannot_see",
            "Of a private check-in only its people can be expected.",
        ));
    }
    if errors.is_empty() { Ok(()) } else { Err(ApiError::invalid_fields(errors)) }
}

/// What can be said without the database.
fn shape(new: &NewCheckIn) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if let Err(error) = check::name(&new.name, &()) {
        errors.push(wrong("name", check::word(error.message()), error.message()));
    }
    if new.prompts.is_empty() || new.prompts.len() > MAX_PROMPTS {
        errors.push(wrong("prompts", "length", format!("There have to be 1 to {MAX_PROMPTS} prompts.")));
    }
    for (at, prompt) in new.prompts.iter().enumerate() {
        if prompt.text.is_empty() || prompt.text.chars().count() > MAX_PROMPT {
            let detail = format!("A prompt has 1 to {MAX_PROMPT} characters.");
            errors.push(wrong(&format!("prompts[{at}]"), "length", detail));
        }
    }
    if let Err(error) = new.schedule.rule(new.made_on) {
        errors.push(wrong(&format!("schedule.{}", error.field), "invalid", error.detail));
    }
    let mut within = |field: &str, value: i64, low: i64, high: i64| {
        if !(low..=high).contains(&value) {
            errors.push(wrong(field, "range", format!("It has to be between {low} and {high}.")));
        }
    };
    within("open_for_minutes", new.open_for_minutes, 1, MAX_MINUTES);
    for minutes in &new.remind_before_minutes {
        within("remind_before_minutes", *minutes, 1, MAX_MINUTES);
    }
    if let Some(ms) = new.max_duration_ms {
        within("max_duration_ms", ms, 1000, 24 * 3_600_000);
    }
    if let Some(minutes) = new.replaces_meeting_minutes {
        within("replaces_meeting_minutes", minutes, 1, 1440);
    }
    if new.remind_before_minutes.len() > MAX_REMINDERS {
        errors.push(wrong("remind_before_minutes", "length", "At most 10 reminders."));
    }
    for (field, people) in [("private_to", &new.private_to), ("expected", &new.expected)] {
        if people.as_ref().is_some_and(|people| people.is_empty() || people.len() > MAX_PEOPLE) {
            errors.push(wrong(field, "length", format!("Name 1 to {MAX_PEOPLE} people, or leave it out.")));
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_keep_their_ids() {
        let text = |text: &str| PromptBody::Text(text.to_owned());
        let first = prompts(vec![text("Done?"), text(" Next? ")], &[]);
        let ids =
            |prompts: &[Prompt]| prompts.iter().map(|p| (p.id.clone(), p.text.clone())).collect::<Vec<_>>();
        let pair = |id: &str, text: &str| (id.to_owned(), text.to_owned());
        assert_eq!(ids(&first), [pair("p1", "Done?"), pair("p2", "Next?")]);
        let kept = PromptBody::Kept { id: Some("p1".to_owned()), text: "What is done?".to_owned() };
        let second = prompts(vec![text("Next?"), text("Blocked?"), kept, text("Next?")], &first);
        assert_eq!(
            ids(&second),
            [pair("p2", "Next?"), pair("p3", "Blocked?"), pair("p1", "What is done?"), pair("p4", "Next?")]
        );
    }
}
