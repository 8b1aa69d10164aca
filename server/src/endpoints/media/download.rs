//! A rendition as one file: its init bytes and its segments, one behind the other, are one fragmented MP4.

use meridian_domain::ids::GenerationId;
use meridian_store::Reader;
use meridian_store::repo::media::{self, Object, Rendition};

use crate::error::ApiError;

/// The objects of the best whole rendition, in order. `None` while none is whole, or where the format changed on
/// the way so that they are not one file.
pub(super) async fn objects(
    reader: &Reader,
    generation: GenerationId,
    picture: bool,
    trim_us: Option<(i64, i64)>,
) -> Result<Option<(Rendition, Vec<Object>)>, ApiError> {
    let renditions = media::renditions(reader, generation).await?;
    for rendition in renditions.into_iter().filter(|r| r.ended && r.has_picture == picture) {
        let mut inits = media::inits(reader, rendition.id).await?;
        let (Some((_, init)), None) = (inits.pop(), inits.pop()) else { continue };
        let segments = media::segments(reader, rendition.id).await?;
        let shown = segments.into_iter().filter(|s| trim_us.is_none_or(|span| s.overlaps(span)));
        let mut objects = vec![init];
        objects.extend(shown.map(|segment| segment.object));
        if objects.len() > 1 {
            return Ok(Some((rendition, objects)));
        }
    }
    Ok(None)
}
