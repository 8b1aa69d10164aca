//! `Idempotency-Key` on POST: the same key, user and route give the same answer for 24 hours.

use actix_web::body::{self, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{
    Error, FromRequest as _, HttpMessage as _, HttpResponse, HttpResponseBuilder, ResponseError as _, web,
};
use futures::StreamExt as _;
use meridian_store::repo::idempotency::{self, Begin, Kept};
use sha2::{Digest as _, Sha256};

use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Code};
use crate::state::AppState;

/// How long an answer is kept, in ms.
const LIFETIME_MS: i64 = 24 * 3600 * 1000;
/// The most that a body or an answer with a key may have, in bytes.
const MAX_BYTES: usize = 1 << 20;
/// Headers of the answer that are kept with it.
const KEPT_HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];

fn applies(req: &ServiceRequest) -> bool {
    let path = req.path();
    let left_out = [
        "/api/v1/auth/",
        "/api/v1/me/api-tokens",
        "/api/v1/uploads",
        "/api/v1/invites/",
        "/api/v1/me/password",
        "/api/v1/me/feeds",
        "/api/v1/shared/",
    ];
    req.method() == Method::POST
        && path.starts_with("/api/v1/")
        && !left_out.iter().any(|prefix| path.starts_with(prefix))
        && !path.ends_with("/invites")
        && !path.ends_with("/webhooks")
        && !path.ends_with("/share-links")
        && req.headers().contains_key("idempotency-key")
}

/// Answers a repeated request with what the first one got.
///
/// # Errors
/// Those of what it wraps.
pub async fn idempotency<B: MessageBody + 'static>(
    mut req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if !applies(&req) {
        return Ok(next.call(req).await?.map_into_boxed_body());
    }
    match begin(&mut req).await {
        Err(error) => Ok(req.into_response(error.error_response()).map_into_boxed_body()),
        Ok(Begun::Known(answer)) => Ok(req.into_response(answer).map_into_boxed_body()),
        Ok(Begun::First(claim)) => {
            let response = next.call(req).await;
            finish(claim, response).await
        }
    }
}

enum Begun {
    Known(HttpResponse),
    First(Claim),
}

struct Claim {
    state: web::Data<AppState>,
    auth: Auth,
    route: String,
    key: String,
}

async fn begin(req: &mut ServiceRequest) -> ApiResult<Begun> {
    let state =
        req.app_data::<web::Data<AppState>>().cloned().ok_or_else(|| ApiError::internal("no state"))?;
    let auth = Auth::from_request(req.request(), &mut Payload::None).await?;
    let key = req
        .headers()
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .filter(|key| (1..=200).contains(&key.len()))
        .ok_or_else(|| ApiError::new(Code::BadHeader, "An Idempotency-Key has 1 to 200 visible characters."))?
        .to_owned();
    let mut payload = req.take_payload();
    let mut bytes = web::BytesMut::new();
    while let Some(part) = payload.next().await {
        let part =
            part.map_err(|error| ApiError::new(Code::Malformed, format!("The body broke off: {error}.")))?;
        if bytes.len().saturating_add(part.len()) > MAX_BYTES {
            return Err(ApiError::new(
                Code::TooLarge,
                "With an Idempotency-Key a body may have at most 1 MiB.",
            ));
        }
        bytes.extend_from_slice(&part);
    }
    let bytes = bytes.freeze();
    let hash = hex::encode(Sha256::digest(&bytes));
    req.set_payload(Payload::from(bytes));
    let route = req.path().to_owned();
    let tx = state.store.write().await?;
    let begun = idempotency::begin(&tx, auth.user, &route, &key, &hash, LIFETIME_MS).await?;
    tx.commit().await?;
    match begun {
        Begin::First => Ok(Begun::First(Claim { state, auth, route, key })),
        Begin::Running => Err(ApiError::new(Code::KeyInUse, "Wait for the first answer, then ask again.")),
        Begin::OtherBody => Err(ApiError::key_reused()),
        Begin::Done(kept) => Ok(Begun::Known(replay(&kept))),
        Begin::Forgotten => Err(ApiError::conflict("It was done; what it made is deleted since.")),
    }
}

fn replay(kept: &Kept) -> HttpResponse {
    let status =
        actix_web::http::StatusCode::from_u16(kept.status).unwrap_or(actix_web::http::StatusCode::OK);
    let mut answer = HttpResponseBuilder::new(status);
    for (name, value) in &kept.headers {
        answer.insert_header((name.as_str(), value.as_str()));
    }
    answer.insert_header(("idempotency-replayed", "true")).body(kept.body.clone())
}

async fn finish<B: MessageBody + 'static>(
    claim: Claim,
    response: Result<ServiceResponse<B>, Error>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = match response {
        Ok(response) => response,
        Err(error) => {
            release(&claim).await?;
            return Err(error);
        }
    };
    let (req, response) = response.into_parts();
    let (head, content) = response.into_parts();
    let bytes = body::to_bytes_limited(content, MAX_BYTES).await.ok().and_then(Result::ok);
    let Some(bytes) = bytes else {
        release(&claim).await?;
        return Err(ApiError::internal("an answer with an Idempotency-Key was too large to keep").into());
    };
    let text = std::str::from_utf8(&bytes).ok();
    match text {
        Some(text) if !head.status().is_server_error() => {
            let headers = KEPT_HEADERS
                .iter()
                .filter_map(|name| head.headers().get(name).map(|value| (name, value)))
                .filter_map(|(name, value)| Some((name.as_str().to_owned(), header_text(value)?)))
                .collect();
            let kept = Kept { status: head.status().as_u16(), headers, body: text.to_owned() };
            let tx = claim.state.store.write().await.map_err(ApiError::from)?;
            idempotency::finish(&tx, claim.auth.user, &claim.route, &claim.key, &kept)
                .await
                .map_err(ApiError::from)?;
            tx.commit().await.map_err(ApiError::from)?;
        }
        _ => release(&claim).await?,
    }
    Ok(ServiceResponse::new(req, head.set_body(bytes).map_into_boxed_body()))
}

fn header_text(value: &HeaderValue) -> Option<String> {
    value.to_str().ok().map(str::to_owned)
}

async fn release(claim: &Claim) -> ApiResult<()> {
    let tx = claim.state.store.write().await?;
    idempotency::release(&tx, claim.auth.user, &claim.route, &claim.key).await?;
    tx.commit().await?;
    Ok(())
}
