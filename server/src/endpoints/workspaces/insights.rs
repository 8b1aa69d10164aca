//! GET `/api/v1/workspaces/{w}/insights`: totals of teams. No names, no rankings, nothing about who was there when.

use std::collections::HashMap;

use actix_web::{get, web};
use jiff::SignedDuration;
use jiff::civil::Date;
use meridian_domain::ids::{RoundId, TeamId, UserId, WorkspaceId};
use meridian_domain::rounds::{meeting_minutes, minutes, reading_ms};
use meridian_store::Conn;
use meridian_store::repo::insights::{self, Coverage};
use meridian_store::repo::rounds::{self, Round};
use meridian_store::repo::teams;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Auth;
use crate::endpoints::check_ins::rounds::{RoundBrief, briefs};
use crate::error::{ApiError, ApiResult, Code, Problem};
use crate::http::{ApiPath, ApiQuery};
use crate::state::AppState;

/// Below this many people, or answers, a total would say what one person did.
const FEWEST: usize = 3;

/// How far back.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InsightsQuery {
    /// 1..90; 28 where not given.
    days: Option<i64>,
}

/// What a workspace's teams did.
#[derive(Debug, Serialize, ToSchema)]
pub struct Insights {
    /// Over so many days.
    pub days: i64,
    /// The teams that one is in, by name.
    pub teams: Vec<TeamInsight>,
    /// From a post to the first reply of somebody else, by the zones of both; at least three of each.
    pub first_replies: Vec<FirstReply>,
}

/// One team.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamInsight {
    /// Which.
    #[schema(value_type = Uuid)]
    pub team_id: TeamId,
    /// Its name.
    pub name: String,
    /// How many updates it published.
    pub updates: i64,
    /// How much of that its members took in, 0..1; null in a team of fewer than three.
    pub coverage: Option<f64>,
    /// Its rounds, newest first.
    pub rounds: Vec<Participation>,
    /// Minutes of meetings saved; null where no check-in says which meeting it replaces.
    pub saved_minutes: Option<i64>,
}

/// How many took part in a round.
#[derive(Debug, Serialize, ToSchema)]
pub struct Participation {
    /// Which.
    #[schema(value_type = Uuid)]
    pub round_id: RoundId,
    /// Of which check-in.
    pub name: String,
    /// The date of the rule.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// How many were expected, neither excused nor away.
    pub expected: usize,
    /// How many answered.
    pub answered: usize,
}

/// How fast one place answers another.
#[derive(Debug, Serialize, ToSchema)]
pub struct FirstReply {
    /// Where the post came from: an IANA name.
    pub from_zone: String,
    /// Where the reply came from.
    pub to_zone: String,
    /// The median, in minutes.
    pub median_minutes: i64,
    /// Of how many.
    pub count: usize,
}

/// What one's teams did together: coverage, participation, meeting time saved, time to the first reply. Admins may turn
/// it off: then 403.
#[utoipa::path(tag = "Workspaces", security(("bearer" = [])), params(("w" = String, Path), InsightsQuery), responses(
    (status = 200, body = Insights), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/workspaces/{w}/insights")]
pub async fn get_insights(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<WorkspaceId>,
    ApiQuery(query): ApiQuery<InsightsQuery>,
) -> ApiResult<web::Json<Insights>> {
    let days = query.days.unwrap_or(28);
    if !(1..=90).contains(&days) {
        return Err(ApiError::new(Code::Malformed, "days has to be between 1 and 90."));
    }
    let conn = state.store.reader();
    if !super::visible(conn, auth.user, id).await?.insights {
        return Err(ApiError::new(Code::Forbidden, "The workspace has turned this off."));
    }
    let since = state.clock().now().checked_sub(SignedDuration::from_hours(days.saturating_mul(24)));
    let since = since.map_err(ApiError::internal)?.as_millisecond();
    let coverage = insights::coverage(conn, id, since).await?;
    let mut by_team: HashMap<TeamId, Vec<Round>> = HashMap::new();
    for round in insights::recent_rounds(conn, auth.user, id, since).await? {
        by_team.entry(round.team_id).or_default().push(round);
    }
    let mut shown = Vec::new();
    for (team, role) in teams::list(conn, auth.user, id).await? {
        if role.is_some() {
            let found = by_team.remove(&team.id).unwrap_or_default();
            let covered = coverage.get(&team.id).copied().unwrap_or_default();
            shown.push(team_insight(conn, auth.user, team.id, team.name, covered, found).await?);
        }
    }
    shown.sort_by_key(|team| team.name.to_lowercase());
    let mut first_replies = Vec::new();
    for ((from_zone, to_zone), mut took) in insights::first_replies(conn, auth.user, id, since).await? {
        took.sort_unstable();
        if let Some(median) = took.get(took.len() / 2).filter(|_| took.len() >= FEWEST) {
            let median_minutes = median / 60_000;
            first_replies.push(FirstReply { from_zone, to_zone, median_minutes, count: took.len() });
        }
    }
    Ok(web::Json(Insights { days, teams: shown, first_replies }))
}

async fn team_insight(
    conn: &impl Conn,
    viewer: UserId,
    team_id: TeamId,
    name: String,
    covered: Coverage,
    found: Vec<Round>,
) -> ApiResult<TeamInsight> {
    let many = teams::members(conn, team_id).await?.len() >= FEWEST;
    let briefs = briefs(conn, found.clone()).await?;
    let mut saved_minutes = None;
    for (round, brief) in found.iter().zip(&briefs) {
        if let Some(saved) = saved(conn, viewer, round, brief).await? {
            saved_minutes = Some(saved_minutes.unwrap_or(0_i64).saturating_add(saved));
        }
    }
    let rounds = briefs.into_iter().map(|brief| Participation {
        round_id: brief.id,
        name: brief.name,
        date: brief.date,
        expected: brief.expected_count,
        answered: brief.answered_count,
    });
    Ok(TeamInsight {
        team_id,
        name,
        updates: covered.updates,
        coverage: (many && covered.pairs > 0).then(|| share(covered.seen, covered.pairs)),
        rounds: rounds.collect(),
        saved_minutes,
    })
}

/// In thousandths, so that the same numbers give the same text everywhere.
fn share(part: i64, whole: i64) -> f64 {
    let thousandths = part.saturating_mul(1000).checked_div(whole).unwrap_or(0).clamp(0, 1000);
    f64::from(i32::try_from(thousandths).unwrap_or(0)) / 1000.0
}

async fn saved(
    conn: &impl Conn,
    viewer: UserId,
    round: &Round,
    brief: &RoundBrief,
) -> ApiResult<Option<i64>> {
    let Some(replaced) = round.replaces_meeting_minutes else { return Ok(None) };
    let answers = rounds::answers(conn, viewer, round.id).await?;
    let time = rounds::watched(conn, &answers).await?;
    let watched = minutes(time.media_ms.saturating_add(reading_ms(time.words)));
    Ok(Some(meeting_minutes(replaced, brief.expected_count).saturating_sub(watched).max(0)))
}
