//! GET `/me/asks`, `/teams/{t}/asks`, `/teams/{t}/decisions`, `/teams/{t}/answers`.

use actix_web::{get, web};
use meridian_domain::enums::CommentKind;
use meridian_domain::ids::TeamId;
use meridian_store::repo::comments::{self, AskFilter, AskState, CommentKey, Order};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::view::{AskView, show};
use crate::auth::Auth;
use crate::endpoints::updates::access;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, ApiQuery, Page, PageQuery, cut};
use crate::state::AppState;

/// Which asks.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AskState)]
pub enum AskStateWord {
    /// Not resolved.
    #[default]
    Open,
    /// Resolved.
    Resolved,
    /// Both.
    All,
}

impl From<AskStateWord> for AskState {
    fn from(word: AskStateWord) -> Self {
        match word {
            AskStateWord::Open => Self::Open,
            AskStateWord::Resolved => Self::Resolved,
            AskStateWord::All => Self::All,
        }
    }
}

/// The query of a list of asks.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AskQuery {
    /// `open` where not given.
    state: Option<AskStateWord>,
    /// How many, 1..100; 25 where not given.
    limit: Option<i64>,
    /// Where to begin: the last page's `next_cursor`.
    cursor: Option<String>,
}

const ASKS: [CommentKind; 3] = [CommentKind::Question, CommentKind::Action, CommentKind::Blocker];

async fn page(
    state: &AppState,
    auth: &Auth,
    list: &str,
    query: &PageQuery,
    filter: &AskFilter,
) -> ApiResult<web::Json<Page<AskView>>> {
    let conn = state.store.reader();
    let (after, limit) = (query.position::<CommentKey>(&state.keys, list)?, query.limit()?);
    let mut rows = comments::asks(conn, auth.user, filter, after, limit.saturating_add(1)).await?;
    let next_cursor = cut(&state.keys, list, &mut rows, limit, CommentKey::of)?;
    Ok(web::Json(Page { items: show(conn, rows, state.clock().now()).await?, next_cursor }))
}

/// Questions, actions and blockers, what waits longest first.
async fn asks(
    state: &AppState,
    auth: &Auth,
    list: &str,
    query: AskQuery,
    narrowed: AskFilter,
) -> ApiResult<web::Json<Page<AskView>>> {
    let AskQuery { state: wanted, limit, cursor } = query;
    let wanted = wanted.unwrap_or_default();
    let filter = AskFilter { state: wanted.into(), order: Order::OldestFirst, ..narrowed };
    page(state, auth, &format!("{list}/{wanted:?}"), &PageQuery { limit, cursor }, &filter).await
}

fn filter(kinds: &[CommentKind]) -> AskFilter {
    AskFilter {
        team: None,
        assignee: None,
        addressed: false,
        kinds: kinds.to_vec(),
        state: AskState::All,
        answered: false,
        order: Order::NewestFirst,
    }
}

/// Questions, actions and blockers addressed to me, what waits longest first.
#[utoipa::path(tag = "Asks", security(("bearer" = [])), params(AskQuery),
    responses((status = 200, description = "A page", body = Page<AskView>)))]
#[get("/me/asks")]
pub(crate) async fn my_asks(
    state: web::Data<AppState>,
    auth: Auth,
    query: ApiQuery<AskQuery>,
) -> ApiResult<web::Json<Page<AskView>>> {
    let mine = AskFilter { assignee: Some(auth.user), ..filter(&ASKS) };
    asks(&state, &auth, &format!("my_asks/{}", auth.user), query.0, mine).await
}

/// Questions, actions and blockers addressed to somebody on the team's updates, what waits longest first.
#[utoipa::path(tag = "Asks", security(("bearer" = [])),
    params(("team" = Uuid, Path, description = "The team"), AskQuery),
    responses(
        (status = 200, description = "A page", body = Page<AskView>),
        (status = 404, description = "No such team for you", body = Problem)))]
#[get("/teams/{team}/asks")]
pub(crate) async fn team_asks(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<TeamId>,
    query: ApiQuery<AskQuery>,
) -> ApiResult<web::Json<Page<AskView>>> {
    let team = access::readable_team(state.store.reader(), &auth, path.0).await?.team_id;
    let of_team = AskFilter { team: Some(team), addressed: true, ..filter(&ASKS) };
    asks(&state, &auth, &format!("team_asks/{team}"), query.0, of_team).await
}

/// Decisions on the team's updates, newest first.
#[utoipa::path(tag = "Asks", security(("bearer" = [])),
    params(("team" = Uuid, Path, description = "The team"), PageQuery),
    responses(
        (status = 200, description = "A page", body = Page<AskView>),
        (status = 404, description = "No such team for you", body = Problem)))]
#[get("/teams/{team}/decisions")]
pub(crate) async fn team_decisions(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<TeamId>,
    query: ApiQuery<PageQuery>,
) -> ApiResult<web::Json<Page<AskView>>> {
    let team = access::readable_team(state.store.reader(), &auth, path.0).await?.team_id;
    let filter = AskFilter { team: Some(team), ..filter(&[CommentKind::Decision]) };
    page(&state, &auth, &format!("decisions/{team}"), &query.0, &filter).await
}

/// The query of a list of answers.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AnswerQuery {
    /// Answers that this question is like, the likest first, in one page of at most `limit` (10 where not given).
    q: Option<String>,
    /// How many, 1..100; 25 where not given.
    limit: Option<i64>,
    /// Where to begin: the last page's `next_cursor`.
    cursor: Option<String>,
}

/// Longest question that is compared, in characters.
const MAX_QUESTION: usize = 1_000;
/// How many like ones are answered where no limit is given.
const LIKE: u64 = 10;

/// Questions with an accepted answer on the team's updates, newest first; with `q` those that a question is like.
#[utoipa::path(tag = "Asks", security(("bearer" = [])),
    params(("team" = Uuid, Path, description = "The team"), AnswerQuery),
    responses(
        (status = 200, description = "A page", body = Page<AskView>),
        (status = 404, description = "No such team for you", body = Problem)))]
#[get("/teams/{team}/answers")]
pub(crate) async fn team_answers(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<TeamId>,
    query: ApiQuery<AnswerQuery>,
) -> ApiResult<web::Json<Page<AskView>>> {
    let conn = state.store.reader();
    let team = access::readable_team(conn, &auth, path.0).await?.team_id;
    let AnswerQuery { q, limit, cursor } = query.0;
    let query = PageQuery { limit, cursor };
    if let Some(text) = q {
        let text: String = text.chars().take(MAX_QUESTION).collect();
        let most = if query.limit.is_some() { query.limit()? } else { LIKE };
        let most = usize::try_from(most).map_err(ApiError::internal)?;
        let rows = comments::answers_like(conn, auth.user, team, &text, most).await?;
        return Ok(web::Json(Page {
            items: show(conn, rows, state.clock().now()).await?,
            next_cursor: None,
        }));
    }
    let filter = AskFilter { team: Some(team), answered: true, ..filter(&[CommentKind::Question]) };
    page(&state, &auth, &format!("answers/{team}"), &query, &filter).await
}
