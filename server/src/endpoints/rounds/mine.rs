//! GET `/me/rounds`: open rounds that wait for me, and what opens next.

use actix_web::{get, web};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use meridian_domain::enums::AnswerState;
use meridian_domain::ids::{CheckInId, TeamId, UserId};
use meridian_domain::rounds::due_at;
use meridian_store::Conn;
use meridian_store::repo::check_ins::{self, CheckIn};
use meridian_store::repo::rounds::{self, Mine};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::endpoints::check_ins::next::begun;
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
    /// My next window of each check-in within eight days, but those of open rounds.
    pub upcoming: Vec<Upcoming>,
}

/// Rounds in which I am expected, in all workspaces.
#[utoipa::path(tag = "Rounds", security(("bearer" = [])), responses(
    (status = 200, body = MyRounds), (status = 401, body = Problem)))]
#[get("/me/rounds")]
pub async fn my_rounds(auth: Auth, state: web::Data<AppState>) -> ApiResult<web::Json<MyRounds>> {
    let conn = state.store.reader();
    let now = state.clock().now();
    let open = rounds::open_of_user(conn, auth.user).await?;
    let coming = upcoming(conn, auth.user, &open, now, AHEAD, 1).await?;
    let briefs = briefs(conn, open.iter().map(|mine| mine.round.clone()).collect()).await?;
    let items = briefs.into_iter().zip(&open).map(|(round, mine)| {
        Ok(MyRound {
            round,
            opens_at: instant(mine.window.opens_at)?,
            due_at: instant(mine.window.due_at)?,
            state: mine.state,
        })
    });
    let items = items.collect::<ApiResult<_>>()?;
    let upcoming = coming.into_iter().map(|next| Upcoming {
        check_in_id: next.check_in.id,
        team_id: next.check_in.team_id,
        private: next.check_in.private_to.is_some(),
        opens_at: next.opens_at,
        due_at: next.due_at,
        name: next.check_in.name,
    });
    Ok(web::Json(MyRounds { items, upcoming: upcoming.collect() }))
}

fn instant(ms: i64) -> ApiResult<Timestamp> {
    Timestamp::from_millisecond(ms).map_err(ApiError::internal)
}

/// A window that is still to open.
pub(crate) struct Coming {
    pub(crate) check_in: CheckIn,
    /// The date of the rule.
    pub(crate) date: Date,
    pub(crate) opens_at: Timestamp,
    pub(crate) due_at: Timestamp,
}

/// Somebody's next windows within a time, at most some of each check-in, by opening; but those of rounds that are open.
pub(crate) async fn upcoming(
    conn: &impl Conn,
    user: UserId,
    open: &[Mine],
    now: Timestamp,
    ahead: SignedDuration,
    most: usize,
) -> ApiResult<Vec<Coming>> {
    let mut all = Vec::new();
    for check_in in check_ins::list_all(conn, user).await? {
        let people = check_ins::expected(conn, &check_in).await?;
        let Some(me) = people.iter().find(|member| member.user_id == user) else { continue };
        let rule = check_in.schedule.rule(check_in.made_on).map_err(ApiError::internal)?;
        let is_open = |date: Date| {
            open.iter().any(|one| one.round.check_in_id == check_in.id && one.round.date == date)
        };
        let begun = begun(conn, check_in.id, now).await?;
        let next = rule
            .after(&me.zone, now)
            .take_while(|next| next.opens_at.duration_since(now) <= ahead)
            .filter(|next| !is_open(next.date) && !begun.contains(&(user, next.date)));
        for next in next.take(most) {
            all.push(Coming {
                check_in: check_in.clone(),
                date: next.date,
                opens_at: next.opens_at,
                due_at: instant(due_at(next.opens_at.as_millisecond(), check_in.open_for_minutes))?,
            });
        }
    }
    all.sort_by_key(|one| (one.opens_at, one.check_in.id));
    Ok(all)
}
