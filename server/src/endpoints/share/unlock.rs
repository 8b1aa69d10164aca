//! POST `/shared/{token}/unlock`.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, post, web};
use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::door;
use crate::auth::password;
use crate::error::{ApiError, ApiResult, Code, Problem};
use crate::http::{ApiJson, ApiPath, client};
use crate::state::AppState;

/// Wrong guesses at one link within 15 minutes: by one address on the network, and by all.
const MOST_BY_ADDRESS: u32 = 10;
const MOST_BY_LINK: u32 = 50;

/// A share link's password.
#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = SharePassword)]
pub struct PasswordBody {
    /// The password.
    #[garde(length(max = 1024))]
    password: String,
}

/// Lets in who knows a share link's password: the answer sets a cookie for 12 hours. A changed password and a revoked
/// link end it.
#[utoipa::path(tag = "Share", params(("token" = String, Path, description = "From the link")),
    request_body = PasswordBody, responses(
    (status = 204, description = "Let in"),
    (status = 401, description = "Not the password", body = Problem),
    (status = 403, description = "From another site's page", body = Problem),
    (status = 404, description = "No such link, or it has ended", body = Problem),
    (status = 429, description = "Too many wrong guesses", body = Problem)))]
#[post("/shared/{token}/unlock")]
pub(crate) async fn unlock(
    req: HttpRequest,
    state: web::Data<AppState>,
    path: ApiPath<String>,
    body: ApiJson<PasswordBody>,
) -> ApiResult<HttpResponse> {
    client::check_origin(&req, &state)?;
    let (link, _) = door::behind(&state, &path.0).await?;
    let Some(hash) = link.password_hash.clone() else { return Ok(HttpResponse::NoContent().finish()) };
    let by_link = format!("share {}", link.id);
    let by_address = format!("share {} from {}", link.id, client::address(&req, &state));
    state.failures().check(&by_address, MOST_BY_ADDRESS).await?;
    state.failures().check(&by_link, MOST_BY_LINK).await?;
    if !password::verify(body.0.password, Some(hash)).await? {
        state.failures().count(&by_address).await?;
        state.failures().count(&by_link).await?;
        return Err(ApiError::new(Code::PasswordRequired, "This is not the password."));
    }
    Ok(HttpResponse::NoContent()
        .cookie(door::remember(&state, &link))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish())
}
