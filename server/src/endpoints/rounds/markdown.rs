//! GET `/rounds/{r}.md`.

use actix_web::{HttpResponse, get, web};
use meridian_domain::enums::AnswerState;
use meridian_domain::ids::{RoundId, UpdateId, UserId};
use meridian_domain::rounds::summary::{Answer, Entry, Summary, markdown};
use meridian_store::repo::comments::RowComment;
use meridian_store::repo::rounds::{PlanItem, Round};
use meridian_store::repo::updates::RowUpdate;

use super::gather::{Gathered, gather};
use super::visible;
use crate::auth::Auth;
use crate::endpoints::updates::view::PersonView;
use crate::error::{ApiError, ApiResult, Code, Problem};
use crate::http::ApiPath;
use crate::state::AppState;

/// A round's summary as Markdown, to copy or to send.
#[utoipa::path(tag = "Rounds", security(("bearer" = [])), params(("r" = String, Path)), responses(
    (status = 200, body = String, content_type = "text/markdown"), (status = 401, body = Problem),
    (status = 404, body = Problem)))]
#[get("/rounds/{r}.md")]
pub async fn round_markdown(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<String>,
) -> ApiResult<HttpResponse> {
    let bad = || ApiError::new(Code::Malformed, "The path holds an id that cannot be read.");
    let id: RoundId = id.parse().ok().ok_or_else(bad)?;
    let reader = state.store.reader();
    let round = visible(reader, auth.user, id).await?;
    let found = gather(reader, auth.user, &round).await?;
    let answers = found.answers.iter().map(|update| answer(&state, &round, &found, update)).collect();
    let text = markdown(&summary(&state, &round, &found, answers));
    Ok(HttpResponse::Ok().content_type("text/markdown; charset=utf-8").body(text))
}

fn url(state: &AppState, id: UpdateId, at_ms: Option<i64>) -> String {
    let moment = at_ms.map(|ms| format!("?t={}", ms.div_euclid(1000))).unwrap_or_default();
    format!("{}/u/{id}{moment}", state.settings.public_url)
}

fn name(found: &Gathered, id: UserId) -> String {
    PersonView::of(&found.people, id).display_name
}

fn answer(state: &AppState, round: &Round, found: &Gathered, update: &RowUpdate) -> Answer {
    let parts = found.by_prompt.get(&update.id).into_iter().flatten();
    let mut by_prompt: Vec<(String, String)> = parts
        .map(|part| {
            let prompt = round.prompts.iter().find(|prompt| prompt.id == part.prompt_id);
            (prompt.map(|prompt| prompt.text.clone()).unwrap_or_default(), part.text.clone())
        })
        .collect();
    let said = found.said.get(&update.id).unwrap_or(&update.body);
    if by_prompt.is_empty() && !said.is_empty() {
        by_prompt.push((String::new(), said.clone()));
    }
    let member = found.members.iter().find(|(member, ..)| member.user_id == update.author_id);
    Answer {
        name: name(found, update.author_id),
        late: member.is_some_and(|(_, state, _)| *state == AnswerState::Late),
        url: url(state, update.id, None),
        links: update.links.iter().map(|link| (link.title.clone(), link.url.clone())).collect(),
        by_prompt,
    }
}

fn summary(state: &AppState, round: &Round, found: &Gathered, answers: Vec<Answer>) -> Summary {
    let entry = |comment: &RowComment| {
        let to = comment.assignee_id.map(|id| format!(" to {}", name(found, id))).unwrap_or_default();
        Entry {
            text: comment.body.clone(),
            who: format!("{}{to}", name(found, comment.author_id)),
            url: url(state, comment.update_id, comment.at_ms),
        }
    };
    let open = found
        .plans
        .iter()
        .filter(|item| item.settled_at.is_none() && item.from_round_id != round.id && item.due_on.is_none());
    let goal = |item: &PlanItem| {
        let due = item.due_on.map(|date| date.to_string()).unwrap_or_default();
        (name(found, item.user_id), item.text.clone(), due, item.settled_at.is_some())
    };
    Summary {
        name: round.name.clone(),
        date: round.date.to_string(),
        goals: found.goals.iter().map(goal).collect(),
        answers,
        missing: found
            .members
            .iter()
            .filter(|(.., updates)| updates.is_empty())
            .map(|(member, state, _)| (name(found, member.user_id), *state))
            .collect(),
        decisions: found.decisions.iter().map(entry).collect(),
        asks: found.asks.iter().map(entry).collect(),
        carried_over: open.map(|item| (name(found, item.user_id), item.text.clone())).collect(),
        saved: found.saved.as_ref().map(|saved| (saved.meeting_minutes, saved.watch_minutes)),
    }
}
