//! GET `/api/v1/auth/oidc/start`.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use meridian_store::repo::identities::{self, Attempt};
use serde::Deserialize;
use url::{Position, Url};
use utoipa::IntoParams;

use super::{LIFETIME_MS, Refusal, binding, browser, cookie, provider};
use crate::auth::keys::random_token;
use crate::error::{ApiResult, Problem};
use crate::http::{ApiQuery, check, client};
use crate::state::AppState;

/// Sign-ins that one address may begin within 15 minutes.
const MOST_BY_ADDRESS: u32 = 200;

/// What to do afterwards.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StartQuery {
    /// A path of this origin to go to; `/` where not given or not one.
    return_to: Option<String>,
    /// An invitation that a new account joins by.
    invite_token: Option<String>,
    /// The browser's zone (IANA name), for a new account.
    time_zone: Option<String>,
}

/// Sends the browser to the OpenID Connect provider. Where that does not answer, back to the sign-in page, which says so.
#[utoipa::path(tag = "Identity", params(StartQuery), responses(
    (status = 302, description = "To the provider"),
    (status = 404, description = "The instance has no provider", body = Problem), (status = 429, body = Problem)))]
#[get("/auth/oidc/start")]
pub async fn start_oidc(
    req: HttpRequest,
    state: web::Data<AppState>,
    ApiQuery(query): ApiQuery<StartQuery>,
) -> ApiResult<HttpResponse> {
    provider(&state)?;
    let key = format!("oidc from {}", client::address(&req, &state));
    state.failures().check(&key, MOST_BY_ADDRESS).await?;
    state.failures().count(&key).await?;
    let browser = browser(&state, &req).unwrap_or_else(random_token);
    match begin(&state, query, &browser).await {
        Ok(address) => Ok(HttpResponse::Found()
            .cookie(cookie(&state, browser))
            .insert_header((header::LOCATION, address.as_str()))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish()),
        Err(refusal) => Ok(refusal.shown(&state)),
    }
}

async fn begin(state: &AppState, query: StartQuery, browser: &str) -> Result<Url, Refusal> {
    let token = random_token();
    // First the provider: without it there is nothing to keep.
    let address = provider(state)?.address(token.clone(), binding(&state.keys, &token)).await?;
    let zone = query.time_zone.filter(|zone| check::time_zone(zone, &()).is_ok());
    let attempt = Attempt {
        return_to: query.return_to.as_deref().and_then(own_path).unwrap_or_else(|| "/".to_owned()),
        time_zone: zone.unwrap_or_else(|| "UTC".to_owned()),
        invite_hash: query.invite_token.map(|token| state.keys.hash_token(&token)),
    };
    let hashes = (state.keys.hash_token(&token), state.keys.hash_token(browser));
    let tx = state.store.write_beside().await?;
    identities::begin(&tx, &hashes.0, &hashes.1, attempt, LIFETIME_MS).await?;
    tx.commit().await?;
    Ok(address)
}

/// A path with its query, if it stays on this origin however a browser reads it.
fn own_path(text: &str) -> Option<String> {
    let base = Url::parse("https://own.invalid").ok()?;
    let url = base.join(text).ok().filter(|url| url.origin() == base.origin() && text.starts_with('/'))?;
    let path = url[Position::BeforePath..].to_owned();
    (path.len() <= 2000 && !path.starts_with("//")).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn the_way_back_stays_on_this_origin() {
        assert_eq!(own_path("/u/1?t=83#x").as_deref(), Some("/u/1?t=83#x"));
        assert_eq!(own_path("/a/../b").as_deref(), Some("/b"));
        for elsewhere in [
            "",
            "u/1",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "\\\\evil.example",
            "/..//evil.example",
            "/.//evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "https:evil.example",
            "/\n/evil.example",
        ] {
            assert_eq!(own_path(elsewhere), None, "{elsewhere:?}");
        }
    }
}
