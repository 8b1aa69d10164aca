//! `ETag` and `If-Match` over a row's version.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};

use crate::error::{ApiError, Code};

/// The strong tag of a row's version.
pub fn etag(version: i64) -> (header::HeaderName, String) {
    (header::ETAG, format!("\"v{version}\""))
}

/// The `If-Match` of an edit. Without one the last write wins.
#[derive(Clone, Debug)]
pub struct Edit(Option<String>);

impl Edit {
    /// Compares with the row's version.
    ///
    /// # Errors
    /// 412 when somebody changed it in between.
    pub fn check(&self, version: i64) -> Result<(), ApiError> {
        let Some(wanted) = &self.0 else { return Ok(()) };
        // A `revision` that stands in the answer may be given as it is.
        let number = |tag: &str| {
            let bare = tag.trim().trim_matches('"');
            bare.strip_prefix('v').unwrap_or(bare).parse::<i64>().ok()
        };
        if wanted.trim() == "*" || wanted.split(',').any(|tag| number(tag) == Some(version)) {
            return Ok(());
        }
        Err(ApiError::new(Code::EditRace, "It was changed in between. Load it again, then make your change."))
    }
}

impl FromRequest for Edit {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let value = req.headers().get(header::IF_MATCH).and_then(|value| value.to_str().ok());
        ready(Ok(Self(value.map(str::to_owned))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_names_the_tag_or_the_revision_that_it_is_based_on() {
        let fits = |wanted: &str| Edit(Some(wanted.to_owned())).check(7).is_ok();
        assert_eq!(etag(7).1, "\"v7\"");
        for right in ["\"v7\"", "\"7\"", "7", "*", "\"v6\", \"v7\""] {
            assert!(fits(right), "{right}");
        }
        for wrong in ["\"v6\"", "\"6\"", "6", "", "\"seven\"", "W/\"v7\"", "\"v77\""] {
            assert!(!fits(wrong), "{wrong}");
        }
        assert!(Edit(None).check(7).is_ok());
    }
}
