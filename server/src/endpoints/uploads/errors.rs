//! What an upload can answer when it is refused.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use meridian_blobs::BlobError;
use meridian_domain::ids::UploadId;
use meridian_store::StoreError;
use meridian_store::repo::uploads::UploadError;

use crate::error::{ApiError, Code, Problem};

/// An error of these routes. Two of them are no codes of the common table: 460 is tus's own, and a moved offset
/// tells where it is.
#[derive(Debug)]
pub enum TusError {
    /// From the common table.
    Api(ApiError),
    /// 409 with `Upload-Offset`.
    OffsetMoved(u64),
    /// 409 with the `Location` of the upload that the update has: whose answer was lost finds it by that.
    Taken(UploadId),
    /// 460: the body is not what its checksum says.
    ChecksumMismatch,
}

impl TusError {
    /// Whether nothing was written for sure; a fault, or a database that went away, may have come after the commit.
    pub(super) fn is_refusal(&self) -> bool {
        match self {
            Self::Api(error) => !matches!(error.code(), Code::Internal | Code::Overloaded),
            Self::OffsetMoved(_) | Self::Taken(_) | Self::ChecksumMismatch => true,
        }
    }
}

impl std::fmt::Display for TusError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Api(error) => error.fmt(f),
            Self::OffsetMoved(offset) => write!(f, "the offset is {offset}"),
            Self::Taken(upload) => write!(f, "the update has the upload {upload}"),
            Self::ChecksumMismatch => f.write_str("checksum mismatch"),
        }
    }
}

impl std::error::Error for TusError {}

impl From<ApiError> for TusError {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<StoreError> for TusError {
    fn from(error: StoreError) -> Self {
        UploadError::Store(error).into()
    }
}

impl From<BlobError> for TusError {
    fn from(error: BlobError) -> Self {
        Self::Api(error.into())
    }
}

impl From<UploadError> for TusError {
    fn from(error: UploadError) -> Self {
        Self::Api(match error {
            UploadError::NotFound => ApiError::not_found(),
            UploadError::Forbidden => {
                ApiError::forbidden("Only the author of an update uploads to it, while in its team.")
            }
            UploadError::Taken { by: Some(upload) } => return Self::Taken(upload),
            UploadError::Taken { by: None } => taken(),
            UploadError::Gone => ApiError::new(Code::Gone, "The upload has ended. Begin another one."),
            UploadError::Complete => ApiError::conflict("The upload is complete."),
            UploadError::OffsetMoved { offset_bytes } => return Self::OffsetMoved(offset_bytes),
            UploadError::LengthMismatch => {
                ApiError::new(Code::TooLarge, "The bytes and the upload's length do not go together.")
            }
            UploadError::QuotaExceeded => ApiError::new(
                Code::QuotaExceeded,
                "The workspace has no room for this. Delete something or ask its owner for more.",
            ),
            UploadError::Store(error) => error.into(),
        })
    }
}

fn taken() -> ApiError {
    ApiError::conflict("This update has its upload already, or takes none.")
}

impl ResponseError for TusError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Api(error) => error.status_code(),
            Self::OffsetMoved(_) => Code::OffsetMismatch.status(),
            Self::Taken(_) => taken().status_code(),
            Self::ChecksumMismatch => StatusCode::from_u16(460).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY),
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::Api(error) => {
                let mut answer = error.error_response();
                if error.code() == Code::TusVersion {
                    let (name, value) = ("tus-version", super::headers::VERSION);
                    if let Ok(value) = value.parse() {
                        answer
                            .headers_mut()
                            .insert(actix_web::http::header::HeaderName::from_static(name), value);
                    }
                }
                answer
            }
            Self::OffsetMoved(offset) => {
                let detail = format!("The upload stands at {offset}. Ask with HEAD, then go on from there.");
                let mut answer = ApiError::new(Code::OffsetMismatch, detail).error_response();
                let name = actix_web::http::header::HeaderName::from_static("upload-offset");
                answer.headers_mut().insert(name, (*offset).into());
                answer
            }
            Self::Taken(upload) => {
                let mut answer = taken().error_response();
                if let Ok(value) = super::location(*upload).parse() {
                    answer.headers_mut().insert(actix_web::http::header::LOCATION, value);
                }
                answer
            }
            Self::ChecksumMismatch => HttpResponse::build(self.status_code())
                .content_type("application/problem+json")
                .json(Problem {
                    kind: "/api/docs#checksum_mismatch".to_owned(),
                    title: "The checksum does not match".to_owned(),
                    status: self.status_code().as_u16(),
                    detail: "The bytes changed on their way. Nothing was kept; send them again.".to_owned(),
                    code: "checksum_mismatch".to_owned(),
                    errors: Vec::new(),
                }),
        }
    }
}
