//! Fields that making and changing an update share, and what is asked of them.

use garde::Validate;
use meridian_store::repo::updates::{Chapter, Link};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest title, in characters.
pub(super) const MAX_TITLE: usize = 200;
/// Longest body, in characters.
pub(super) const MAX_BODY: usize = 50_000;
/// The latest moment that a time line has, in milliseconds (24 hours).
pub(super) const MAX_MS: i64 = 24 * 3_600_000;

/// A document that goes with an update.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema, Validate)]
pub struct LinkBody {
    /// `http` or `https`.
    #[garde(length(chars, max = 2000), custom(web_address))]
    pub url: String,
    /// What it is called; the address where it is empty.
    #[garde(length(chars, max = 200))]
    #[serde(default)]
    pub title: String,
}

/// A named moment.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema, Validate)]
pub struct ChapterBody {
    /// On the source's time line.
    #[garde(range(min = 0, max = MAX_MS))]
    pub at_ms: i64,
    /// What it is called.
    #[garde(length(chars, min = 1, max = 200))]
    pub title: String,
    /// Which prompt of a check-in it answers.
    #[garde(inner(length(chars, max = 100)))]
    pub prompt_id: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde hands the context by reference")]
fn web_address(text: &str, (): &()) -> garde::Result {
    let parsed =
        url::Url::parse(text).map_err(|error| garde::Error::new(format!("is no address: {error}")))?;
    if matches!(parsed.scheme(), "http" | "https") && parsed.has_host() {
        Ok(())
    } else {
        Err(garde::Error::new("has to begin with http:// or https://"))
    }
}

pub(super) fn links(given: Vec<LinkBody>) -> Vec<Link> {
    given
        .into_iter()
        .map(|link| {
            let title = link.title.trim();
            let title = if title.is_empty() { link.url.clone() } else { title.to_owned() };
            Link { url: link.url, title }
        })
        .collect()
}

/// In the order of the time line.
pub(super) fn chapters(given: Vec<ChapterBody>) -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = given
        .into_iter()
        .map(|c| Chapter { at_ms: c.at_ms, title: c.title.trim().to_owned(), prompt_id: c.prompt_id })
        .collect();
    chapters.sort_by_key(|chapter| chapter.at_ms);
    chapters
}
