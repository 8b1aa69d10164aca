//! The extractor that says who asks, and whether the credential reaches that far.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use meridian_domain::enums::Scope;
use meridian_domain::ids::{ApiTokenId, SessionId, UserId};
use meridian_store::StoreError;
use meridian_store::repo::access;

use super::tokens;
use crate::error::{ApiError, Code};
use crate::state::AppState;

/// Somebody signed in. For API tokens the scope is checked here, by method and path: GET and HEAD want `read` (or
/// `write`), uploads want `upload` (or `write`), everything else wants `write`; `admin` includes them all.
#[derive(Clone, Debug)]
pub struct Auth {
    /// Who.
    pub user: UserId,
    /// The browser session; `None` with an API token.
    pub session: Option<SessionId>,
    /// The API token; `None` with a session.
    pub token: Option<ApiTokenId>,
    /// An API token's scopes; `None` with a session.
    pub scopes: Option<Vec<Scope>>,
    /// When the credential ends, in seconds since 1970; `None`: not by itself.
    pub ends_at_s: Option<i64>,
}

impl Auth {
    /// What ends when it is called back: the session, or the API token.
    pub fn credential(&self) -> Option<Credential> {
        let token = self.token.map(Credential::Token);
        self.session.map(Credential::Session).or(token)
    }

    /// Refuses API tokens: what concerns the account itself wants a person who signed in.
    ///
    /// # Errors
    /// 403 with an API token.
    pub fn require_session(&self) -> Result<SessionId, ApiError> {
        self.session.ok_or_else(|| {
            ApiError::new(Code::ScopeMissing, "An API token cannot do this; sign in with your password.")
        })
    }

    /// Administration: a session, or an API token with the `admin` scope.
    ///
    /// # Errors
    /// 403 with a lesser API token.
    pub fn require_admin_scope(&self) -> Result<(), ApiError> {
        match &self.scopes {
            Some(scopes) if !scopes.contains(&Scope::Admin) => {
                Err(ApiError::new(Code::ScopeMissing, "The API token needs the scope admin for this."))
            }
            _ => Ok(()),
        }
    }
}

/// What a person came in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A browser session.
    Session(SessionId),
    /// An API token.
    Token(ApiTokenId),
    /// A feed's own address, which is asked for anew by whoever serves it.
    Account,
}

impl Credential {
    /// Whether it still stands, and is this person's.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn is_active(self, state: &AppState, user: UserId) -> Result<bool, StoreError> {
        let (reader, now_ms) = (state.store.reader(), state.clock().now_ms());
        match self {
            Self::Session(id) => access::session_is_active(reader, id, user, now_ms).await,
            Self::Account => access::user_is_active(reader, user).await,
            Self::Token(id) => access::token_is_active(reader, id, user, now_ms).await,
        }
    }
}

fn reaches(scopes: &[Scope], method: &Method, path: &str) -> bool {
    let has = |scope| scopes.contains(&scope);
    if has(Scope::Admin) || has(Scope::Write) {
        return true;
    }
    if path == "/api/v1/uploads" || path.starts_with("/api/v1/uploads/") {
        return has(Scope::Upload);
    }
    (method == Method::GET || method == Method::HEAD) && has(Scope::Read)
}

async fn authenticate(req: &HttpRequest) -> Result<Auth, ApiError> {
    let state = req
        .app_data::<web::Data<AppState>>()
        .ok_or_else(|| ApiError::internal("the application state is missing"))?;
    let none = || ApiError::new(Code::Unauthenticated, "Send an access token or an API token as Bearer.");
    let value = req.headers().get(header::AUTHORIZATION).ok_or_else(none)?;
    let text = value.to_str().ok().ok_or_else(none)?;
    let (scheme, token) = text.split_once(' ').ok_or_else(none)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(none());
    }
    let token = token.trim();
    let now_ms = state.clock().now_ms();
    if token.starts_with("mrd_") {
        let hash = state.keys.hash_token(token);
        let found = access::api_token(state.store.reader(), &hash, now_ms).await?.ok_or_else(none)?;
        if !reaches(&found.scopes, req.method(), req.path()) {
            return Err(ApiError::new(Code::ScopeMissing, "The API token's scopes do not include this."));
        }
        let ends_at_s = found.expires_at_ms.map(|ms| ms.div_euclid(1000));
        let token = Some(found.id);
        return Ok(Auth { user: found.user, session: None, token, scopes: Some(found.scopes), ends_at_s });
    }
    let claims = tokens::check(&state.keys, token, now_ms.div_euclid(1000))?;
    if !access::session_is_active(state.store.reader(), claims.sid, claims.sub, now_ms).await? {
        return Err(ApiError::new(Code::TokenExpired, "The session has ended. Sign in again."));
    }
    let (session, ends_at_s) = (Some(claims.sid), Some(claims.exp));
    Ok(Auth { user: claims.sub, session, token: None, scopes: None, ends_at_s })
}

impl FromRequest for Auth {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        // The middleware has asked already.
        let known = req.extensions().get::<Self>().cloned();
        let req = req.clone();
        Box::pin(async move {
            match known {
                Some(auth) => Ok(auth),
                None => authenticate(&req).await,
            }
        })
    }
}
