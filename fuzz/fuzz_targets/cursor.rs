//! Cursors of lists: only what was sealed for a list is opened.
#![no_main]
#![expect(dead_code, reason = "of a module of the server only its cursor is tried")]

use libfuzzer_sys::fuzz_target;

/// Stands for the server's.
mod error {
    #[derive(Debug)]
    pub(crate) enum Code {
        BadCursor,
        Internal,
        Malformed,
    }
    #[derive(Debug)]
    pub(crate) struct ApiError(Code, String);
    impl ApiError {
        pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
            Self(code, detail.into())
        }
        pub(crate) fn internal(source: impl std::fmt::Display) -> Self {
            Self(Code::Internal, source.to_string())
        }
    }
}
/// Stands for the server's.
mod auth {
    pub(crate) mod keys {
        use hmac::{Hmac, KeyInit, Mac};

        pub(crate) struct Keys {
            pub(crate) cursor: [u8; 32],
        }
        pub(crate) fn mac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
            let mut mac = <Hmac<sha2::Sha256> as KeyInit>::new_from_slice(key).unwrap();
            mac.update(message);
            mac.finalize().into_bytes().into()
        }
    }
}
#[path = "../../server/src/http/page.rs"]
mod page;

fuzz_target!(|input: (&str, &str, i64)| {
    let (list, text, at) = input;
    let keys = auth::keys::Keys { cursor: [7; 32] };
    let Ok(sealed) = page::Cursor::seal(&keys, list, &(at, text)) else { return };
    let opened: (i64, String) = page::Cursor::open(&keys, list, &sealed).unwrap();
    assert_eq!((opened.0, opened.1.as_str()), (at, text));
    assert!(page::Cursor::open::<(i64, String)>(&keys, "another list", &sealed).is_err() || list == "another list");
    assert!(page::Cursor::open::<serde_json::Value>(&keys, list, text).is_err());
});
