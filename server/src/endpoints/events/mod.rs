//! Server-sent events: a workspace's, and an update's own.

pub mod prune;
mod stream;
pub mod update;
pub mod workspace;

use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use std::future::{Ready, ready};

use crate::error::{ApiError, Code};
use crate::registry::Registry;

/// Routes under `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config.service(workspace::events).service(update::events);
}

/// The number of the last event that the client has; `None`: from now.
#[derive(Clone, Copy, Debug)]
pub struct LastEventId(pub Option<i64>);

impl FromRequest for LastEventId {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        let Some(value) = req.headers().get("last-event-id") else { return ready(Ok(Self(None))) };
        let number = value.to_str().ok().map(str::trim).map(|text| (text, text.parse::<i64>().ok()));
        ready(match number {
            Some(("", _)) => Ok(Self(None)),
            Some((_, Some(number))) if number >= 0 => Ok(Self(Some(number))),
            _ => Err(ApiError::new(Code::BadHeader, "Last-Event-ID has to be the id of an event.")),
        })
    }
}

fn answer(stream: stream::EventStream) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream.into_stream())
}
