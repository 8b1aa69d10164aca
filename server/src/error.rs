//! The one error of the API: a code from one table, told as a problem document (RFC 9457). What happened inside is
//! logged once, here, and never sent.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use meridian_blobs::BlobError;
use meridian_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

macro_rules! codes {
    ($($name:ident = $code:literal, $status:ident, $title:literal;)+) => {
        /// Every code that an answer can carry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = $title] $name),+
        }

        impl Code {
            /// Every code, for the reference.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code as it stands in the answer.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// The HTTP status that goes with it.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status),+ }
            }

            /// One line for people.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }
        }
    };
}

codes! {
    Malformed = "malformed", BAD_REQUEST, "The request cannot be read";
    BadCursor = "bad_cursor", BAD_REQUEST, "The cursor is not one of ours";
    BadQuery = "bad_query", BAD_REQUEST, "The query cannot be read";
    BadHeader = "bad_header", BAD_REQUEST, "A header cannot be read";
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "Sign in first";
    BadCredentials = "bad_credentials", UNAUTHORIZED, "E-mail or password is wrong";
    TokenExpired = "token_expired", UNAUTHORIZED, "The token is no longer valid";
    PasswordRequired = "password_required", UNAUTHORIZED, "The link needs its password";
    Forbidden = "forbidden", FORBIDDEN, "Not allowed";
    ForeignOrigin = "foreign_origin", FORBIDDEN, "The request comes from another site";
    ScopeMissing = "scope_missing", FORBIDDEN, "The API token does not have the scope for this";
    SetupCodeNeeded = "setup_code_needed", FORBIDDEN, "The first account needs the set-up code";
    SignupClosed = "signup_closed", FORBIDDEN, "Sign-up needs an invitation";
    NotFound = "not_found", NOT_FOUND, "Not found";
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "The method does not exist here";
    Conflict = "conflict", CONFLICT, "The state does not allow this";
    EmailTaken = "email_taken", CONFLICT, "An account with this address exists";
    KeyInUse = "idempotency_key_in_use", CONFLICT, "The first request with this key is still running";
    OffsetMismatch = "offset_mismatch", CONFLICT, "The upload stands at another offset";
    LastOwner = "last_owner", CONFLICT, "A workspace needs an owner";
    TranscriptPending = "transcript_pending", CONFLICT, "The transcript is not there yet";
    Timeout = "timeout", REQUEST_TIMEOUT, "The body came too slowly";
    Gone = "gone", GONE, "It has ended";
    EditRace = "edit_race", PRECONDITION_FAILED, "Somebody changed it in between";
    TusVersion = "tus_version", PRECONDITION_FAILED, "Only tus 1.0.0 is spoken";
    TooLarge = "too_large", PAYLOAD_TOO_LARGE, "Too large";
    QuotaExceeded = "quota_exceeded", PAYLOAD_TOO_LARGE, "The workspace's storage is used up";
    UnsupportedMedia = "unsupported_media", UNSUPPORTED_MEDIA_TYPE, "Not a recording that can be played";
    UnsupportedType = "unsupported_type", UNSUPPORTED_MEDIA_TYPE, "Another content type is needed";
    Invalid = "invalid", UNPROCESSABLE_ENTITY, "A field is not valid";
    KeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY, "The key was used for another request";
    TooMany = "too_many_requests", TOO_MANY_REQUESTS, "Too many requests";
    UrgentLimit = "urgent_limit", TOO_MANY_REQUESTS, "Too many urgent things in a day";
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong on our side";
    NotImplemented = "not_implemented", NOT_IMPLEMENTED, "Not spoken here";
    Overloaded = "overloaded", SERVICE_UNAVAILABLE, "Busy; try again";
    NoSpace = "no_space", INSUFFICIENT_STORAGE, "The server's storage is full";
}

/// What is wrong with one field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldError {
    /// Which field, with dots inside objects.
    pub field: String,
    /// A word for programs, such as `too_long`.
    pub code: String,
    /// A sentence for people.
    pub detail: String,
}

/// A problem document.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Where the code is explained.
    #[serde(rename = "type")]
    pub kind: String,
    /// One line for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time and what to do.
    pub detail: String,
    /// A word for programs.
    pub code: String,
    /// For 422: which fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// An error on its way to the client.
#[derive(Debug)]
pub struct ApiError {
    code: Code,
    detail: String,
    errors: Vec<FieldError>,
    retry_after_s: Option<u64>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ApiError {
    /// An error with a sentence on what happened and what to do.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new(), retry_after_s: None, source: None }
    }

    /// 503 while the database or the object store is away for a moment.
    pub fn away(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self {
            source: Some(Box::new(source)),
            ..Self::new(Code::Overloaded, "The storage is away. Try again in a moment.")
        }
    }

    /// 404 for what is not there or not for this viewer; both look the same.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "There is nothing here that you can see.")
    }

    /// 403 for what one sees but may not do.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(Code::Forbidden, detail)
    }

    /// 409 for what the state does not allow.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(Code::Conflict, detail)
    }

    /// 507: the disk or the store is full.
    pub fn no_space() -> Self {
        Self::new(Code::NoSpace, "Nothing of this request was kept. Try again when there is room.")
    }

    /// 422 for one field.
    pub fn invalid(field: &str, code: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self::invalid_fields(vec![FieldError { field: field.to_owned(), code: code.to_owned(), detail }])
    }

    /// 422 for several fields.
    pub fn invalid_fields(errors: Vec<FieldError>) -> Self {
        let detail =
            errors.iter().map(|e| format!("{}: {}", e.field, e.detail)).collect::<Vec<_>>().join("; ");
        Self { errors, ..Self::new(Code::Invalid, detail) }
    }

    /// 422 for an `Idempotency-Key` that another request had.
    pub fn key_reused() -> Self {
        let detail = "Use a new key for a new request.";
        let (field, code) = ("Idempotency-Key".to_owned(), "reused".to_owned());
        let errors = vec![FieldError { field, code, detail: detail.to_owned() }];
        Self { errors, ..Self::new(Code::KeyReused, detail) }
    }

    /// 429 with the time to wait.
    pub fn too_many(retry_after_s: u64) -> Self {
        Self {
            retry_after_s: Some(retry_after_s.max(1)),
            ..Self::new(Code::TooMany, format!("Wait {} seconds, then try again.", retry_after_s.max(1)))
        }
    }

    /// 429 for who was urgent too often within a day.
    pub fn urgent_limit(wait_ms: i64) -> Self {
        let detail = "You were urgent five times within 24 hours. Send it as usual, or use another way if it cannot wait.";
        let seconds = u64::try_from(wait_ms.div_euclid(1000)).unwrap_or(0).max(1);
        Self { retry_after_s: Some(seconds), ..Self::new(Code::UrgentLimit, detail) }
    }

    /// 500; the cause is logged, never sent.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::new(Code::Internal, "It was logged. Try again; if it stays, tell the administrator.")
        }
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The problem document.
    pub fn problem(&self) -> Problem {
        Problem {
            kind: format!("/api/docs#{}", self.code.as_str()),
            title: self.code.title().to_owned(),
            status: self.code.status().as_u16(),
            detail: self.detail.clone(),
            code: self.code.as_str().to_owned(),
            errors: self.errors.clone(),
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail)
    }
}

impl std::error::Error for ApiError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        if let Some(source) = &self.source {
            tracing::error!(code = self.code.as_str(), error = %chain(source.as_ref()), "request failed");
        }
        let mut answer = HttpResponse::build(self.code.status());
        answer.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
        if self.code.status() == StatusCode::UNAUTHORIZED {
            answer.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        let wait = self.retry_after_s.or((self.code == Code::Overloaded).then_some(2));
        if let Some(seconds) = wait {
            answer.insert_header((header::RETRY_AFTER, seconds));
        }
        let text = serde_json::to_string(&self.problem()).unwrap_or_default();
        answer.content_type("application/problem+json").body(text)
    }
}

/// An error with all its causes, for the log and for operators; what one says already is not said again.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let more = cause.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        next = cause.source();
    }
    text
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { what } => {
                Self::conflict(format!("Somebody else was faster ({what}). Load it again, then try again."))
            }
            full if full.is_disk_full() => Self::no_space(),
            other if other.is_passing() => Self::away(other),
            other => Self::internal(other),
        }
    }
}

impl From<BlobError> for ApiError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::NoSpace { .. } => Self::no_space(),
            away @ BlobError::Remote { .. } => Self::away(away),
            other => Self::internal(other),
        }
    }
}

impl From<actix_web::error::BlockingError> for ApiError {
    fn from(error: actix_web::error::BlockingError) -> Self {
        Self { source: Some(Box::new(error)), ..Self::new(Code::Overloaded, "Try again in a moment.") }
    }
}

/// What handlers answer.
pub type ApiResult<T> = Result<T, ApiError>;
