//! Bytes as HTTP answers: validators, single ranges, HEAD.

use actix_web::body::SizedStream;
use actix_web::http::header::{self, HeaderName};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures::StreamExt as _;
use meridian_blobs::{BlobError, Blobs, Key, ObjectSequence, Part};
use meridian_store::repo::media::Object;
use sha2::{Digest as _, Sha256};

use super::download::Piece;
use super::pieced::Pieced;
use super::range::{self, Asked};
use crate::error::ApiError;

/// So much (bytes) of an answer is read before it begins, so that its errors have a status. What is larger follows in
/// pieces of that size, which stay in the processor's cache: 1 MiB in one go is read and sent at half the speed.
const AT_ONCE_BYTES: u64 = 256 * 1024;

/// For what never changes under its name.
pub(super) const IMMUTABLE: &str = "private, max-age=86400, immutable";
/// For what may change: ask again each time.
pub(super) const ASK_AGAIN: &str = "private, no-cache";

/// Where the bytes are.
pub(super) enum Bytewise {
    /// In the store.
    Stored(ObjectSequence),
    /// Ranges of objects and bytes made just now, one behind the other.
    Pieced(Pieced),
    /// Made just now.
    Made(Bytes),
}

/// A representation with its headers.
pub(super) struct Representation {
    pub(super) bytes: Bytewise,
    pub(super) content_type: String,
    pub(super) cache: &'static str,
    /// Without quotes.
    pub(super) etag: String,
    /// The name under which it is saved; `None`: shown in place.
    pub(super) save_as: Option<String>,
}

impl Representation {
    /// Objects, one behind the other.
    pub(super) fn stored(
        blobs: &Blobs,
        objects: &[Object],
        content_type: &str,
        cache: &'static str,
    ) -> Result<Self, ApiError> {
        let mut sum = Sha256::new();
        let mut sequence = ObjectSequence::new(blobs.clone(), []);
        for object in objects {
            sum.update(object.key.as_bytes());
            sum.update([0]);
            let key = Key::parse(&object.key).map_err(ApiError::internal)?;
            sequence.push(Part { key, size_bytes: object.size_bytes });
        }
        Ok(Self {
            bytes: Bytewise::Stored(sequence),
            content_type: content_type.to_owned(),
            cache,
            etag: tag(sum),
            save_as: None,
        })
    }

    /// Ranges of objects and bytes made for this answer.
    pub(super) fn pieced(
        blobs: &Blobs,
        pieces: Vec<Piece>,
        content_type: &str,
        cache: &'static str,
    ) -> Result<Self, ApiError> {
        let mut sum = Sha256::new();
        for piece in &pieces {
            match piece {
                Piece::Made(bytes) => sum.update(bytes),
                Piece::Stored(object, range) => {
                    sum.update(object.key.as_bytes());
                    if range.start > 0 || range.end < object.size_bytes {
                        sum.update(range.start.to_be_bytes());
                        sum.update(range.end.to_be_bytes());
                    }
                }
            }
            sum.update([0]);
        }
        Ok(Self {
            bytes: Bytewise::Pieced(Pieced::new(blobs, pieces)?),
            content_type: content_type.to_owned(),
            cache,
            etag: tag(sum),
            save_as: None,
        })
    }

    /// What was made just now.
    pub(super) fn made(made: impl Into<Bytes>, content_type: &str) -> Self {
        let made: Bytes = made.into();
        let mut sum = Sha256::new();
        sum.update(&made);
        Self {
            bytes: Bytewise::Made(made),
            content_type: content_type.to_owned(),
            cache: ASK_AGAIN,
            etag: tag(sum),
            save_as: None,
        }
    }

    fn size_bytes(&self) -> u64 {
        match &self.bytes {
            Bytewise::Stored(sequence) => sequence.size_bytes(),
            Bytewise::Pieced(pieces) => pieces.size_bytes(),
            Bytewise::Made(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        }
    }

    /// The answer to a GET or HEAD.
    pub(super) async fn answer(self, req: &HttpRequest) -> Result<HttpResponse, ApiError> {
        let etag = format!("\"{}\"", self.etag);
        let size = self.size_bytes();
        if text(req, &header::IF_NONE_MATCH).is_some_and(|known| matches(known, &etag)) {
            return Ok(self.head(StatusCode::NOT_MODIFIED, &etag).finish());
        }
        let is_get = req.method() == Method::GET;
        let condition = text(req, &header::IF_RANGE).is_none_or(|wanted| wanted.trim() == etag);
        let asked = text(req, &header::RANGE).filter(|_| is_get && condition);
        let (status, part) = match range::read(asked, size) {
            Asked::Whole => (StatusCode::OK, 0..size),
            Asked::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
            Asked::Unsatisfiable => {
                let mut answer = self.head(StatusCode::RANGE_NOT_SATISFIABLE, &etag);
                answer.insert_header((header::CONTENT_RANGE, format!("bytes */{size}")));
                return Ok(answer.finish());
            }
        };
        let mut answer = self.head(status, &etag);
        let length = part.end - part.start;
        if status == StatusCode::PARTIAL_CONTENT {
            let last = part.end.saturating_sub(1);
            answer.insert_header((header::CONTENT_RANGE, format!("bytes {}-{last}/{size}", part.start)));
        }
        if !is_get {
            let nothing = futures::stream::empty::<Result<Bytes, BlobError>>();
            return Ok(answer.body(SizedStream::new(length, nothing)));
        }
        match self.bytes {
            Bytewise::Made(bytes) => {
                let at = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).min(bytes.len());
                Ok(answer.body(bytes.slice(at(part.start)..at(part.end))))
            }
            Bytewise::Stored(sequence) if length <= AT_ONCE_BYTES => {
                Ok(answer.body(sequence.read(part).await.map_err(missing)?))
            }
            Bytewise::Stored(sequence) => {
                let middle = part.start + AT_ONCE_BYTES;
                let begin = sequence.read(part.start..middle).await.map_err(missing)?;
                let rest = sequence.stream(middle..part.end).map_err(missing)?.inspect(told);
                let bytes = futures::stream::iter([Ok(begin)]).chain(rest);
                Ok(answer.body(SizedStream::new(length, bytes)))
            }
            Bytewise::Pieced(pieces) => {
                Ok(answer.body(SizedStream::new(length, pieces.stream(part).inspect(told))))
            }
        }
    }

    fn head(&self, status: StatusCode, etag: &str) -> actix_web::HttpResponseBuilder {
        let mut answer = HttpResponse::build(status);
        answer
            .insert_header((header::ETAG, etag))
            .insert_header((header::CACHE_CONTROL, self.cache))
            .insert_header((header::ACCEPT_RANGES, "bytes"))
            // A compressed form would have other ranges under the same tag.
            .insert_header((header::CONTENT_ENCODING, "identity"))
            .content_type(self.content_type.as_str());
        if let Some(name) = &self.save_as {
            answer.insert_header((header::CONTENT_DISPOSITION, disposition(name)));
        }
        answer
    }
}

/// The status is sent by then: the answer ends short.
fn told(piece: &Result<Bytes, BlobError>) {
    if let Err(error) = piece {
        tracing::error!(%error, "an answer broke off");
    }
}

/// What is gone from the store was there a moment ago: its generation was replaced and removed.
fn missing(error: BlobError) -> ApiError {
    match error {
        BlobError::NotFound { .. } => ApiError::not_found(),
        other => other.into(),
    }
}

fn tag(sum: Sha256) -> String {
    hex::encode(sum.finalize().iter().take(16).copied().collect::<Vec<u8>>())
}

fn text<'a>(req: &'a HttpRequest, name: &HeaderName) -> Option<&'a str> {
    req.headers().get(name).and_then(|value| value.to_str().ok())
}

/// Weak comparison (RFC 9110, 13.1.2).
fn matches(known: &str, etag: &str) -> bool {
    known.trim() == "*" || known.split(',').any(|one| one.trim().trim_start_matches("W/") == etag)
}

/// `attachment` with a name that no header can be broken with (RFC 6266, RFC 8187).
fn disposition(name: &str) -> String {
    use std::fmt::Write as _;
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || " ._-".contains(c) { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").unwrap_or_default();
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_title_breaks_out_of_the_header() {
        let value = disposition("a\"; x=\r\ny/..\\Größe.mp4");
        assert_eq!(
            value,
            "attachment; filename=\"a__ x___y_.._Gr__e.mp4\"; \
             filename*=UTF-8''a%22%3B%20x%3D%0D%0Ay%2F..%5CGr%C3%B6%C3%9Fe.mp4"
        );
    }

    #[test]
    fn validators_compare_weakly() {
        for (known, same) in
            [("\"a\"", true), ("W/\"a\"", true), ("\"b\", \"a\"", true), ("*", true), ("\"b\"", false)]
        {
            assert_eq!(matches(known, "\"a\""), same, "{known}");
        }
    }
}
