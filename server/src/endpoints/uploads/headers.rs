//! The headers of tus 1.0.0, read strictly.

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::checksum::{Algorithm, Expected};
use crate::error::{ApiError, Code};

/// The one version that is spoken.
pub(super) const VERSION: &str = "1.0.0";
/// What it is spoken with.
pub(super) const EXTENSIONS: &str =
    "creation,creation-with-upload,creation-defer-length,checksum,expiration,termination";
/// The content type of bytes.
pub(super) const BYTES_TYPE: &str = "application/offset+octet-stream";
/// Most that `Upload-Metadata` may have, in bytes.
const MAX_METADATA_BYTES: usize = 8 * 1024;

fn bad(detail: impl Into<String>) -> ApiError {
    ApiError::new(Code::BadHeader, detail)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, ApiError> {
    let mut values = headers.get_all(name);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(bad(format!("{name} may be sent only once.")));
    }
    match value.to_str() {
        Ok(text) => Ok(Some(text.trim())),
        Err(_) => Err(bad(format!("{name} holds other characters than printable ASCII."))),
    }
}

fn number(headers: &HeaderMap, name: &str) -> Result<Option<u64>, ApiError> {
    let Some(text) = text(headers, name)? else { return Ok(None) };
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // Sizes live in signed columns: what does not fit there is no size.
    match text.parse::<i64>().ok().filter(|_| digits).and_then(|n| u64::try_from(n).ok()) {
        Some(number) => Ok(Some(number)),
        None => Err(bad(format!("{name} has to be a number of bytes."))),
    }
}

/// Refuses other versions than 1.0.0 (412).
pub(super) fn check_version(req: &HttpRequest) -> Result<(), ApiError> {
    match text(req.headers(), "tus-resumable")? {
        Some(VERSION) => Ok(()),
        _ => Err(ApiError::new(Code::TusVersion, "Send the header Tus-Resumable: 1.0.0.")),
    }
}

/// `Upload-Offset`.
pub(super) fn offset(headers: &HeaderMap) -> Result<u64, ApiError> {
    number(headers, "upload-offset")?.ok_or_else(|| bad("Upload-Offset is missing."))
}

/// `Upload-Length`.
pub(super) fn length(headers: &HeaderMap) -> Result<Option<u64>, ApiError> {
    number(headers, "upload-length")
}

/// `Upload-Length` or `Upload-Defer-Length: 1`, exactly one of them; `None`: told later.
pub(super) fn length_or_deferred(headers: &HeaderMap) -> Result<Option<u64>, ApiError> {
    match (length(headers)?, text(headers, "upload-defer-length")?) {
        (Some(length), None) => Ok(Some(length)),
        (None, Some("1")) => Ok(None),
        (None, Some(_)) => Err(bad("Upload-Defer-Length can only be 1.")),
        (None, None) => Err(bad("Send Upload-Length, or Upload-Defer-Length: 1.")),
        (Some(_), Some(_)) => Err(bad("Send either Upload-Length or Upload-Defer-Length.")),
    }
}

/// Whether the body is bytes of the upload.
pub(super) fn is_bytes(headers: &HeaderMap) -> bool {
    headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case(BYTES_TYPE))
}

/// `Upload-Checksum: sha1 <base64>`.
pub(super) fn checksum(headers: &HeaderMap) -> Result<Option<Expected>, ApiError> {
    let Some(text) = text(headers, "upload-checksum")? else { return Ok(None) };
    let (name, sum) = text.split_once(' ').ok_or_else(|| bad("Upload-Checksum needs a name and a sum."))?;
    let algorithm = Algorithm::by_name(name).ok_or_else(|| bad("Upload-Checksum knows sha1 and sha256."))?;
    let sum = STANDARD.decode(sum.trim()).unwrap_or_default();
    if sum.len() != algorithm.size_bytes() {
        return Err(bad("Upload-Checksum is not a sum of that kind in base64."));
    }
    Ok(Some(Expected { algorithm, sum }))
}

/// `Upload-Metadata`: pairs of a name and base64, apart by commas.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Metadata {
    /// As it came, to give back on HEAD.
    pub(super) raw: String,
    pairs: Vec<(String, String)>,
}

impl Metadata {
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, ApiError> {
        let Some(raw) = text(headers, "upload-metadata")? else { return Ok(Self::default()) };
        if raw.len() > MAX_METADATA_BYTES {
            return Err(bad("Upload-Metadata may have at most 8 KiB."));
        }
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in raw.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
            let bytes = STANDARD.decode(value.trim());
            let value = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let value =
                value.ok_or_else(|| bad("Upload-Metadata holds a value that is not UTF-8 in base64."))?;
            if pairs.iter().any(|(known, _)| known == name) {
                return Err(bad("Upload-Metadata names a key twice."));
            }
            pairs.push((name.to_owned(), value));
        }
        Ok(Self { raw: raw.to_owned(), pairs })
    }

    /// The value of a key that is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        map
    }

    #[test]
    fn sizes_are_plain_decimal_numbers_that_a_column_holds() {
        for wrong in ["", "-1", "+1", "1.0", "0x1", "1 2", "9223372036854775808", "18446744073709551616", "a"]
        {
            assert!(offset(&headers(&[("upload-offset", wrong)])).is_err(), "{wrong:?}");
        }
        assert!(offset(&headers(&[])).is_err());
        assert!(offset(&headers(&[("upload-offset", "1"), ("upload-offset", "1")])).is_err());
        let largest = headers(&[("upload-offset", "9223372036854775807")]);
        assert_eq!(offset(&largest).unwrap(), 9_223_372_036_854_775_807);
        assert_eq!(offset(&headers(&[("upload-offset", "0")])).unwrap(), 0);
    }

    #[test]
    fn a_length_is_told_or_deferred_but_not_both() {
        let told = headers(&[("upload-length", "7")]);
        assert_eq!(length_or_deferred(&told).unwrap(), Some(7));
        assert_eq!(length_or_deferred(&headers(&[("upload-defer-length", "1")])).unwrap(), None);
        for wrong in [
            &[][..],
            &[("upload-defer-length", "0")],
            &[("upload-defer-length", "2")],
            &[("upload-length", "7"), ("upload-defer-length", "1")],
        ] {
            assert!(length_or_deferred(&headers(wrong)).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn metadata_is_read_and_given_back() {
        let raw = "filename ZWluIFTDpHN0LndlYm0=,is_confidential,filetype dmlkZW8vd2VibQ==";
        let metadata = Metadata::read(&headers(&[("upload-metadata", raw)])).unwrap();
        assert_eq!(metadata.get("filename"), Some("ein Täst.webm"));
        assert_eq!(metadata.get("filetype"), Some("video/webm"));
        assert_eq!(metadata.get("is_confidential"), None);
        assert_eq!(metadata.get("other"), None);
        assert_eq!(metadata.raw, raw);
        for wrong in ["filename %%%", "filename /w==", "a YQ==,a YQ=="] {
            assert!(Metadata::read(&headers(&[("upload-metadata", wrong)])).is_err(), "{wrong}");
        }
        assert_eq!(Metadata::read(&headers(&[])).unwrap(), Metadata::default());
    }

    #[test]
    fn a_checksum_names_a_known_sum_of_the_right_size() {
        let sha1 = "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=";
        assert!(checksum(&headers(&[("upload-checksum", sha1)])).unwrap().is_some());
        assert!(checksum(&headers(&[])).unwrap().is_none());
        for wrong in
            ["sha1", "sha1 ", "md5 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0="]
        {
            assert!(checksum(&headers(&[("upload-checksum", wrong)])).is_err(), "{wrong}");
        }
    }
}
