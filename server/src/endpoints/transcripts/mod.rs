//! Transcripts: read, export, import, correct, make anew; suggestions.

pub mod edit_segment;
pub mod export;
pub mod import;
pub mod read;
pub mod regenerate;
pub mod suggestions;
pub mod view;

use crate::error::{ApiError, ApiResult};
use crate::registry::Registry;

/// Routes under `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config
        .service(read::read)
        .service(export::export)
        .service(import::import)
        .service(regenerate::regenerate)
        .service(edit_segment::edit_segment)
        .service(suggestions::accept)
        .service(suggestions::dismiss);
}

/// A language tag such as `en` or `pt-BR`.
fn check_language(tag: &str) -> ApiResult<()> {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    let letters = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
    let rest =
        parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if (2..=3).contains(&primary.len()) && letters(primary) && rest && tag.len() <= 35 {
        return Ok(());
    }
    Err(ApiError::invalid("language", "invalid", "is no language tag such as en or pt-BR"))
}
