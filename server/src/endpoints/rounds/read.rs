//! GET `/rounds/{r}`.

use std::collections::HashMap;

use actix_web::{HttpResponse, get, web};
use jiff::Timestamp;
use meridian_domain::enums::AnswerState;
use meridian_domain::ids::{RoundId, UpdateId, UserId};
use meridian_store::Conn;
use meridian_store::repo::rounds::{self, Round, RoundMember};
use meridian_store::repo::{check_ins, updates};

use super::gather::{Gathered, gather};
use super::view::{CarriedOverView, ExpectedView, PlayItem, PlaylistView, ResponseView, RoundView};
use super::{manages, visible};
use crate::auth::Auth;
use crate::endpoints::asks::view::{AskView, show};
use crate::endpoints::check_ins::view::PromptView;
use crate::endpoints::updates::render;
use crate::endpoints::updates::view::PersonView;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::ApiPath;
use crate::state::AppState;

/// A round: who is expected and where they stand, the answers by person and by prompt, decisions, open asks, plans
/// carried over, the playlist, meeting time saved.
#[utoipa::path(tag = "Rounds", security(("bearer" = [])), params(("r" = String, Path)), responses(
    (status = 200, body = RoundView), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[get("/rounds/{r}")]
pub async fn get_round(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<RoundId>,
) -> ApiResult<HttpResponse> {
    let reader = state.store.pages();
    let round = visible(reader, auth.user, id).await?;
    let found = gather(reader, auth.user, &round).await?;
    Ok(HttpResponse::Ok().json(view(&state, reader, &auth, round, found).await?))
}

fn instant(ms: i64) -> ApiResult<Timestamp> {
    Timestamp::from_millisecond(ms).map_err(ApiError::internal)
}

fn expected(found: &Gathered, reminded: &HashMap<UserId, i64>) -> ApiResult<Vec<ExpectedView>> {
    let one = |(member, state, update_ids): &(RoundMember, AnswerState, Vec<UpdateId>)| {
        Ok(ExpectedView {
            user: PersonView::of(&found.people, member.user_id),
            opens_at: instant(member.opens_at)?,
            due_at: instant(member.due_at)?,
            state: *state,
            reminded_at: reminded.get(&member.user_id).copied().map(instant).transpose()?,
            update_ids: update_ids.clone(),
        })
    };
    found.members.iter().map(one).collect()
}

async fn view(
    state: &AppState,
    conn: &impl Conn,
    auth: &Auth,
    round: Round,
    mut found: Gathered,
) -> ApiResult<RoundView> {
    let can_manage = manages(conn, auth.user, &round).await?;
    let reminded = if can_manage { rounds::reminded(conn, round.id).await? } else { HashMap::new() };
    let expected = expected(&found, &reminded)?;
    let updates = render(state, conn, auth, found.answers).await?;
    let responses = updates
        .into_iter()
        .map(|update| ResponseView {
            by_prompt: found.by_prompt.remove(&update.id).unwrap_or_default(),
            said: found.said.remove(&update.id),
            update,
        })
        .collect();
    let now = state.clock().now();
    let shown = |item: &rounds::PlanItem| CarriedOverView::of(&found.people, item);
    let (planned, carried): (Vec<_>, Vec<_>) =
        found.plans.iter().partition(|item| item.from_round_id == round.id);
    let play = |item: meridian_domain::rounds::playlist::Item| PlayItem {
        update_id: item.update_id,
        from_ms: item.from_ms,
        to_ms: item.to_ms,
        reason: item.reason,
    };
    let (previous_id, next_id) = rounds::neighbours(conn, auth.user, &round).await?;
    // Both lists at once: the statements are the same.
    let marked = show(conn, found.decisions.into_iter().chain(found.asks).collect(), now).await?;
    let (decisions, open_asks) = marked.into_iter().partition(AskView::is_decision);
    Ok(RoundView {
        can_manage,
        max_duration_ms: check_ins::longest_answer(conn, round.id).await?,
        private: updates::audience_people(conn, round.audience_id).await?.is_some(),
        opened_at: instant(round.opened_at)?,
        closes_at: instant(round.closes_at)?,
        expected,
        responses,
        goals: found.goals.iter().map(shown).collect(),
        planned: planned.into_iter().map(shown).collect(),
        carried_over: carried.into_iter().map(shown).collect(),
        decisions,
        open_asks,
        playlist: PlaylistView {
            total_ms: found.playlist.total_ms,
            total_without_silence_ms: found.playlist.total_without_silence_ms,
            items: found.playlist.items.into_iter().map(play).collect(),
        },
        saved: found.saved,
        previous_id,
        next_id,
        id: round.id,
        check_in_id: round.check_in_id,
        team_id: round.team_id,
        name: round.name,
        date: round.date,
        state: round.state,
        prompts: round.prompts.into_iter().map(PromptView::from).collect(),
    })
}
