//! The headers of tus: read or refused.
#![no_main]
#![expect(dead_code, reason = "of modules of the server only their parsers are tried")]

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;

/// Stands for the server's: the parsers only make these.
mod error {
    #[derive(Debug)]
    pub(crate) enum Code {
        BadHeader,
        TusVersion,
    }
    #[derive(Debug)]
    pub(crate) struct ApiError(Code, String);
    impl ApiError {
        pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
            Self(code, detail.into())
        }
    }
}
#[path = "../../server/src/endpoints/uploads/checksum.rs"]
mod checksum;
#[path = "../../server/src/endpoints/uploads/headers.rs"]
mod headers;

const NAMES: [&str; 7] = [
    "tus-resumable", "upload-offset", "upload-length", "upload-defer-length", "upload-checksum", "upload-metadata",
    "content-type",
];

fuzz_target!(|lines: Vec<(u8, &[u8])>| {
    let mut map = HeaderMap::new();
    for (name, value) in &lines {
        let Ok(value) = HeaderValue::from_bytes(value) else { continue };
        map.append(HeaderName::from_static(NAMES[usize::from(*name) % NAMES.len()]), value);
    }
    if let Ok(offset) = headers::offset(&map) {
        assert!(i64::try_from(offset).is_ok());
    }
    headers::length(&map).ok();
    headers::length_or_deferred(&map).ok();
    headers::is_bytes(&map);
    headers::checksum(&map).ok();
    if let Ok(metadata) = headers::Metadata::read(&map) {
        assert!(metadata.get("filename").is_none_or(|name| !name.is_empty()));
    }
});
