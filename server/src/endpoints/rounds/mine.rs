//! GET `/me/rounds`: open rounds that wait for me, and what opens next.

use actix_web::{get, web};
use jiff::{SignedDuration, Timestamp};
use meridian_domain::enums::AnswerState;
use meridian_domain::ids::{CheckInId, TeamId};
use meridian_domain::rounds::{answer_state, due_at};
use meridian_store::repo::{check_ins, rounds};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::endpoints::check_ins::rounds::{RoundBrief, briefs};
use crate::error::{ApiError, ApiResult, Problem};
use crate::state::AppState;

/// How far ahead it looks.
const AHEAD: SignedDuration = SignedDuration::from_hours(8 * 24);

/// An open round with my window.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyRound {
    /// The round.
    pub round: RoundBrief,
    /// When my window opens.
    #[schema(value_type = String, format = DateTime)]
    pub opens_at: Timestamp,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// `waiting`, `answered`, `late`, `excused` or `away`.
    #[schema(value_type = String)]
    pub state: AnswerState,
}

/// My next window in a check-in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Upcoming {
    /// Which.
    #[schema(value_type = Uuid)]
    pub check_in_id: CheckInId,
    /// In which team.
    #[schema(value_type = Uuid)]
    pub team_id: TeamId,
    /// Its name.
    pub name: String,
    /// Whether only named people see it.
    pub private: bool,
    /// When my window opens.
    #[schema(value_type = String, format = DateTime)]
    pub opens_at: Timestamp,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
}

/// What waits for me.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyRounds {
    /// Open rounds in which I am expected, by due time.
    pub items: Vec<MyRound>,
    /// My next window of each check-in, within eight days.
    pub upcoming: Vec<Upcoming>,
}

/// Rounds in which I am expected, in all workspaces.
#[utoipa::path(tag = "Rounds", security(("bearer" = [])), responses(
    (status = 200, body = MyRounds), (status = 401, body = Problem)))]
#[get("/me/rounds")]
pub async fn my_rounds(auth: Auth, state: web::Data<AppState>) -> ApiResult<web::Json<MyRounds>> {
    let conn = state.store.reader();
    let now = state.clock().now();
    let instant = |ms: i64| Timestamp::from_millisecond(ms).map_err(ApiError::internal);
    let (open, windows): (Vec<_>, Vec<_>) = rounds::open_of_user(conn, auth.user).await?.into_iter().unzip();
    let ids: Vec<_> = open.iter().map(|round| round.id).collect();
    let answers = rounds::answers_of(conn, &ids).await?;
    let mut items = Vec::new();
    for (round, window) in briefs(conn, open).await?.into_iter().zip(windows) {
        let mine = answers.iter().filter(|answer| answer.0 == round.id && answer.1 == auth.user);
        let first = mine.map(|answer| answer.3).min();
        items.push(MyRound {
            round,
            opens_at: instant(window.opens_at)?,
            due_at: instant(window.due_at)?,
            state: answer_state(first, window.due_at, window.excused_at.is_some(), window.away),
        });
    }
    let mut upcoming = Vec::new();
    for check_in in check_ins::list_all(conn, auth.user).await? {
        let people = check_ins::expected(conn, &check_in).await?;
        let Some(me) = people.iter().find(|member| member.user_id == auth.user) else { continue };
        let rule = check_in.schedule.rule(check_in.made_on).map_err(ApiError::internal)?;
        let Some(next) = rule.after(&me.zone, now).next() else { continue };
        if next.opens_at.duration_since(now) > AHEAD {
            continue;
        }
        upcoming.push(Upcoming {
            check_in_id: check_in.id,
            team_id: check_in.team_id,
            private: check_in.private_to.is_some(),
            opens_at: next.opens_at,
            due_at: instant(due_at(next.opens_at.as_millisecond(), check_in.open_for_minutes))?,
            name: check_in.name,
        });
    }
    upcoming.sort_by_key(|one| (one.opens_at, one.check_in_id));
    Ok(web::Json(MyRounds { items, upcoming }))
}
