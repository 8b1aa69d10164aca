//! Media delivery: `GET /media/{ticket}/{update}/...`.
//!
//! Playlists are rendered from rows, everything else are immutable objects read by range. Each request asks for the
//! right behind its ticket again. What is not there, not visible or not valid is 404, all alike.

mod admission;
mod answer;
mod blocking;
mod captions;
mod cut;
pub(crate) mod document;
mod download;
mod pieced;
mod playlist;
mod range;
mod saved;
mod serve;
pub(crate) mod ticket;
mod urls;
mod wanted;

use crate::registry::Registry;
use actix_web::{guard, web};

pub(crate) use saved::saved;
pub use urls::{MediaUrls, media_urls};
pub(crate) use urls::{guest_urls, sound_bytes, sound_url};

/// Registers the routes of this folder; they stand outside of `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config.app_data(web::Data::new(admission::Admissions::default()));
    let reads = guard::Any(guard::Get()).or(guard::Head());
    config.route("/media/{ticket}/{update}/{wanted:.*}", web::route().guard(reads).to(serve::serve));
}
