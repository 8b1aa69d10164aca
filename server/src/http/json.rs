//! JSON bodies, path and query: 400 for what cannot be read, 422 for a field that is not valid.

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures::StreamExt as _;
use garde::Validate;
use serde::de::DeserializeOwned;

use super::check;
use crate::error::{ApiError, Code, FieldError};

/// The most that a JSON body may have, in bytes.
const MAX_JSON_BYTES: usize = 1 << 20;

/// A body that was read and validated. An empty body counts as `{}`.
#[derive(Debug)]
pub struct ApiJson<T>(pub T);

impl<T> FromRequest for ApiJson<T>
where
    T: DeserializeOwned + Validate + 'static,
    T::Context: Default,
{
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(_: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let mut payload = payload.take();
        Box::pin(async move {
            let mut body = web::BytesMut::new();
            while let Some(part) = payload.next().await {
                let part = part.map_err(|error| {
                    tracing::debug!(%error, "body broke off");
                    ApiError::new(Code::Malformed, "The body broke off.")
                })?;
                if body.len().saturating_add(part.len()) > MAX_JSON_BYTES {
                    return Err(ApiError::new(Code::TooLarge, "A JSON body may have at most 1 MiB."));
                }
                body.extend_from_slice(&part);
            }
            parse(if body.is_empty() { b"{}" } else { &body }).map(Self)
        })
    }
}

fn parse<T>(body: &[u8]) -> Result<T, ApiError>
where
    T: DeserializeOwned + Validate,
    T::Context: Default,
{
    let value: serde_json::Value = serde_json::from_slice(body)
        .map_err(|error| ApiError::new(Code::Malformed, format!("The body is no JSON: {error}.")))?;
    if !value.is_object() {
        return Err(ApiError::new(Code::Malformed, "The body has to be a JSON object."));
    }
    let parsed: T = serde_path_to_error::deserialize(value).map_err(|error| {
        let (path, text) = (error.path().to_string(), error.inner().to_string());
        // A missing field is reported at the object that should have it, with its name in the text.
        let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        let field = match (path.as_str(), missing) {
            (".", Some(name)) => name.to_owned(),
            (".", None) => "body".to_owned(),
            (_, Some(name)) => format!("{path}.{name}"),
            (_, None) => path,
        };
        ApiError::invalid(&field, "invalid", text)
    })?;
    parsed.validate().map_err(|report| {
        let errors = report
            .iter()
            .map(|(path, error)| FieldError {
                field: path.to_string(),
                code: check::word(error.message()).to_owned(),
                detail: error.message().to_owned(),
            })
            .collect();
        ApiError::invalid_fields(errors)
    })?;
    Ok(parsed)
}

/// Parameters of the path; 400 where they cannot be read.
#[derive(Debug)]
pub struct ApiPath<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for ApiPath<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let read = web::Path::<T>::from_request(req, payload).into_inner();
        ready(read.map(|path| Self(path.into_inner())).map_err(|error| {
            tracing::debug!(%error, "bad path");
            ApiError::new(Code::Malformed, "The path holds an id that cannot be read.")
        }))
    }
}

/// The query; 400 where it cannot be read.
#[derive(Debug)]
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for ApiQuery<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = web::Query::<T>::from_query(req.query_string());
        ready(
            read.map(|query| Self(query.into_inner())).map_err(|error| {
                ApiError::new(Code::Malformed, format!("The query cannot be read: {error}."))
            }),
        )
    }
}
