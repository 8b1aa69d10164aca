//! GET, PUT `/api/v1/teams/{t}/glossary`.

use actix_web::{HttpResponse, get, put, web};
use garde::Validate;
use meridian_domain::ids::TeamId;
use meridian_domain::policy;
use meridian_store::repo::teams::{self, TeamPatch};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, Edit, etag};
use crate::state::AppState;

/// Words that the recogniser should know.
#[derive(Serialize, Deserialize, Validate, ToSchema)]
pub struct Glossary {
    /// At most 200 terms of at most 60 characters.
    #[garde(length(max = 200), inner(length(min = 1, max = 60)))]
    pub terms: Vec<String>,
}

/// The team's glossary.
#[utoipa::path(tag = "Teams", security(("bearer" = [])), params(("t" = String, Path)), responses(
    (status = 200, body = Glossary), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[get("/teams/{t}/glossary")]
pub async fn get_glossary(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<TeamId>,
) -> ApiResult<HttpResponse> {
    let (team, _) = super::readable(state.store.reader(), auth.user, id).await?;
    Ok(HttpResponse::Ok().insert_header(etag(team.version)).json(Glossary { terms: team.glossary }))
}

/// Replaces the team's glossary; every member of the team may.
#[utoipa::path(tag = "Teams", security(("bearer" = [])), params(("t" = String, Path)), request_body = Glossary, responses(
    (status = 200, body = Glossary), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)))]
#[put("/teams/{t}/glossary")]
pub async fn put_glossary(
    auth: Auth,
    edit: Edit,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<TeamId>,
    ApiJson(body): ApiJson<Glossary>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let (team, who) = super::readable(&tx, auth.user, id).await?;
    if !policy::posts_in_team(who) && !policy::manages_team(who) {
        return Err(ApiError::forbidden("Join the team first."));
    }
    edit.check(team.version)?;
    let mut terms: Vec<String> = Vec::new();
    for term in body.terms.iter().map(|term| term.trim().to_owned()).filter(|term| !term.is_empty()) {
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    let patch = TeamPatch { glossary: Some(terms.clone()), ..TeamPatch::default() };
    teams::update(&tx, id, patch).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().insert_header(etag(team.version.saturating_add(1))).json(Glossary { terms }))
}
