//! One media request: ticket, right, name, answer.

use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use meridian_blobs::Key;
use meridian_config::MediaDelivery;
use meridian_domain::enums::UpdateStatus;
use meridian_domain::ids::GenerationId;
use meridian_store::Reader;
use meridian_store::repo::media::{self, Object};
use meridian_store::repo::updates::RowUpdate;

use super::admission::{Admissions, Located};
use super::answer::{ASK_AGAIN, IMMUTABLE, Representation};
use super::blocking;
use super::cut::{storyboard, waveform};
use super::playlist::{self, Listing};
use super::ticket::Ticket;
use super::wanted::Wanted;
use super::{captions, download};
use crate::error::ApiError;
use crate::state::AppState;

/// Largest file beside the segments that is read to be cut.
const ARTEFACT_BYTES: u64 = 64 * 1024 * 1024;

/// How long a presigned address of a segment is good.
const SIGNED_FOR: Duration = Duration::from_hours(1);
/// How long a player may remember it, in seconds: well below.
const REDIRECT_FOR: &str = "private, max-age=1800";

/// Where the settings ask for it and the store can: the segment's own address there. The right was asked for just
/// now; whoever has the address can read this one object for an hour.
async fn redirect(
    state: &AppState,
    object: &Object,
    content_type: &str,
) -> Result<Option<HttpResponse>, ApiError> {
    if state.settings.media_delivery != MediaDelivery::Redirect {
        return Ok(None);
    }
    let key = Key::parse(&object.key).map_err(ApiError::internal)?;
    let signed = state.blobs.presigned(&key, content_type, SIGNED_FOR).await?;
    Ok(signed.map(|address| {
        HttpResponse::Found()
            .insert_header((header::LOCATION, address))
            .insert_header((header::CACHE_CONTROL, REDIRECT_FOR))
            .finish()
    }))
}

/// GET and HEAD `/media/{ticket}/{update}/{wanted}`.
pub(super) async fn serve(
    req: HttpRequest,
    state: web::Data<AppState>,
    admissions: web::Data<Admissions>,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (ticket, update, wanted) = path.into_inner();
    let ticket = Ticket::read(&ticket, &state.keys.media, state.clock().now_ms());
    let ticket =
        ticket.filter(|ticket| ticket.update.to_string() == update).ok_or_else(ApiError::not_found)?;
    let wanted = Wanted::read(&wanted).ok_or_else(ApiError::not_found)?;
    if let (Wanted::Variant(generation, name), Some(seq)) = (&wanted, blocking::wanted(req.query_string())) {
        let admitted = admissions.fresh(&state, ticket).await?;
        blocking::until_listed(&state, &admitted.row, *generation, name, seq).await?;
    }
    let admitted = match wanted {
        Wanted::Init(..) | Wanted::Segment(..) => admissions.recent(&state, ticket).await?,
        _ => admissions.fresh(&state, ticket).await?,
    };
    if matches!(wanted, Wanted::DownloadPicture | Wanted::DownloadSound) && !admitted.download {
        return Err(ApiError::not_found());
    }
    let request = Request { state: &state, reader: state.store.reader(), row: &admitted.row };
    match wanted {
        Wanted::Master => request.master().await,
        Wanted::Variant(generation, name) => request.variant(generation, &name).await,
        Wanted::Init(..) | Wanted::Segment(..) => {
            let object = request.object(&admissions, wanted).await?;
            let kind = "video/mp4";
            if let Some(elsewhere) = redirect(&state, &object, kind).await? {
                return Ok(elsewhere);
            }
            Representation::stored(&state.blobs, &[object], kind, IMMUTABLE)?.answer(&req).await
        }
        Wanted::Artefact(name) => request.artefact(name).await?.answer(&req).await,
        Wanted::Captions => request.captions().await?.answer(&req).await,
        Wanted::DownloadPicture => request.download(true).await?.answer(&req).await,
        Wanted::DownloadSound => request.download(false).await?.answer(&req).await,
    }
}

struct Request<'a> {
    state: &'a AppState,
    reader: &'a Reader,
    row: &'a RowUpdate,
}

impl Request<'_> {
    /// The generation that players get now.
    fn current(&self) -> Result<GenerationId, ApiError> {
        self.row.generation_id.ok_or_else(ApiError::not_found)
    }

    /// The visible part of the source's time line, where it was trimmed.
    fn trim_us(&self) -> Option<(i64, i64)> {
        self.row.trim.map(|trim| (trim.start_ms.saturating_mul(1000), trim.end_ms.saturating_mul(1000)))
    }

    /// Whether nothing will be added to a generation; 404 where players may not read it.
    async fn ended(&self, generation: GenerationId) -> Result<bool, ApiError> {
        let ended = media::generation_ended(self.reader, self.row.id, generation).await?;
        Ok(ended.ok_or_else(ApiError::not_found)? || self.row.status == UpdateStatus::Failed)
    }

    async fn master(&self) -> Result<HttpResponse, ApiError> {
        let generation = self.current()?;
        let ended = self.ended(generation).await?;
        let mut renditions = media::renditions(self.reader, generation).await?;
        if renditions.iter().any(|rendition| rendition.has_picture) {
            renditions.retain(|rendition| rendition.has_picture);
        }
        if renditions.is_empty() {
            return Err(ApiError::not_found());
        }
        Ok(text(playlist::master(&renditions, !ended && !self.row.live)))
    }

    async fn variant(&self, generation: GenerationId, name: &str) -> Result<HttpResponse, ApiError> {
        let generation_ended = self.ended(generation).await?;
        let found = media::rendition(self.reader, generation, name).await?;
        let rendition = found.ok_or_else(ApiError::not_found)?;
        let segments = media::segments(self.reader, rendition.id).await?;
        let ended = rendition.ended || generation_ended;
        let listing = Listing { ended, live: self.row.live, trim_us: self.trim_us() };
        playlist::variant(&rendition, &segments, listing).map(text).ok_or_else(ApiError::not_found)
    }

    /// Init bytes or a segment; what lies outside of the visible part is not there.
    async fn object(&self, admissions: &Admissions, wanted: Wanted) -> Result<Object, ApiError> {
        let located = if let Some(located) = admissions.located(self.row.id, &wanted) {
            located
        } else {
            let found = self.locate(&wanted).await?.ok_or_else(ApiError::not_found)?;
            admissions.locate(self.row.id, wanted, found.clone());
            found
        };
        match located {
            Located::Init(object) => Ok(object),
            Located::Segment(segment) if self.trim_us().is_none_or(|span| segment.overlaps(span)) => {
                Ok(segment.object)
            }
            Located::Segment(_) => Err(ApiError::not_found()),
        }
    }

    async fn locate(&self, wanted: &Wanted) -> Result<Option<Located>, ApiError> {
        let (Wanted::Init(generation, name, number) | Wanted::Segment(generation, name, number)) = wanted
        else {
            return Ok(None);
        };
        self.ended(*generation).await?;
        let Some(rendition) = media::rendition(self.reader, *generation, name).await? else {
            return Ok(None);
        };
        if matches!(wanted, Wanted::Segment(..)) {
            let found = media::segment(self.reader, rendition.id, *number).await?;
            return Ok(found.map(Located::Segment));
        }
        let inits = media::inits(self.reader, rendition.id).await?;
        Ok(inits.into_iter().find(|(n, _)| n == number).map(|(_, object)| Located::Init(object)))
    }

    async fn artefact(&self, name: &str) -> Result<Representation, ApiError> {
        // By the name, not by what a row says: nothing user-made is ever HTML or SVG.
        let kind = match name.rsplit('.').next() {
            Some("jpg") => "image/jpeg",
            Some("vtt") => captions::CONTENT_TYPE,
            _ => "application/json",
        };
        if let Some(trim) = self.row.trim {
            let trimmed = self.trimmed_artefact(name, (trim.start_ms, trim.end_ms)).await?;
            if let Some(bytes) = trimmed {
                return Ok(Representation::made(bytes, kind));
            }
        }
        let artefact = self.stored_artefact(name).await?;
        Representation::stored(&self.state.blobs, &[artefact], kind, ASK_AGAIN)
    }

    async fn stored_artefact(&self, name: &str) -> Result<Object, ApiError> {
        let found = media::artefact(self.reader, self.current()?, name).await?;
        Ok(found.ok_or_else(ApiError::not_found)?.object)
    }

    async fn artefact_bytes(&self, name: &str) -> Result<Bytes, ApiError> {
        let key = Key::parse(&self.stored_artefact(name).await?.key).map_err(ApiError::internal)?;
        Ok(self.state.blobs.read_all(&key, ARTEFACT_BYTES).await?)
    }

    /// The part of a file beside the segments that lies within the trim; `None`: it is served as it is.
    async fn trimmed_artefact(&self, name: &str, span_ms: (i64, i64)) -> Result<Option<Bytes>, ApiError> {
        let list = async || -> Result<String, ApiError> {
            Ok(String::from_utf8_lossy(&self.artefact_bytes("storyboard.vtt").await?).into_owned())
        };
        match name {
            "peaks.json" => {
                let part = waveform::part(&self.artefact_bytes(name).await?, span_ms);
                Ok(Some(part.ok_or_else(ApiError::not_found)?.into()))
            }
            "storyboard.vtt" => {
                let offset_ms = self.first_shown_ms().await?;
                Ok(Some(storyboard::list(&list().await?, span_ms, offset_ms).into()))
            }
            "storyboard.jpg" => {
                let (jpeg, list) = (self.artefact_bytes(name).await?, list().await?);
                let sheet = move || storyboard::sheet(&jpeg, &list, span_ms).map(Some);
                painted(sheet).await
            }
            // The poster is from the first seconds: of those that are cut away nothing is shown.
            "poster.jpg" if span_ms.0 > 0 => {
                let (jpeg, list) = (self.artefact_bytes("storyboard.jpg").await?, list().await?);
                let tile = painted(move || storyboard::first_tile(&jpeg, &list, span_ms)).await?;
                tile.map(Some).ok_or_else(ApiError::not_found)
            }
            _ => Ok(None),
        }
    }

    async fn captions(&self) -> Result<Representation, ApiError> {
        let cues = media::cues(self.reader, self.row.id).await?;
        if cues.is_empty() {
            return Err(ApiError::not_found());
        }
        let span = self.row.trim.map(|trim| (trim.start_ms, trim.end_ms));
        let text = captions::render(&cues, span, self.first_shown_ms().await?);
        Ok(Representation::made(text, captions::CONTENT_TYPE))
    }

    /// Where on the source's time line the player's zero is: at the first segment that is listed.
    async fn first_shown_ms(&self) -> Result<i64, ApiError> {
        let (Some(span), Some(generation)) = (self.trim_us(), self.row.generation_id) else { return Ok(0) };
        let renditions = media::renditions(self.reader, generation).await?;
        let Some(first) = renditions.first() else { return Ok(0) };
        let segments = media::segments(self.reader, first.id).await?;
        let shown = segments.iter().find(|segment| segment.overlaps(span));
        Ok(shown.map_or(0, |segment| segment.start_us / 1000))
    }

    async fn download(&self, picture: bool) -> Result<Representation, ApiError> {
        let blobs = &self.state.blobs;
        let found = download::pieces(self.reader, blobs, self.current()?, picture, self.trim_us()).await?;
        let pieces = found.ok_or_else(ApiError::not_found)?;
        let (kind, ending) = if picture { ("video/mp4", "mp4") } else { ("audio/mp4", "m4a") };
        let mut answer = Representation::pieced(blobs, pieces, kind, ASK_AGAIN)?;
        let title = if self.row.title.trim().is_empty() { "update" } else { self.row.title.trim() };
        answer.save_as = Some(format!("{title}.{ending}"));
        Ok(answer)
    }
}

/// Pictures are decoded and encoded off the async threads.
async fn painted(
    work: impl FnOnce() -> Result<Option<Vec<u8>>, storyboard::SheetError> + Send + 'static,
) -> Result<Option<Bytes>, ApiError> {
    let done = tokio::task::spawn_blocking(work).await.map_err(ApiError::internal)?;
    Ok(done.map_err(ApiError::internal)?.map(Bytes::from))
}

fn text(playlist: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, ASK_AGAIN))
        .content_type(playlist::CONTENT_TYPE)
        .body(playlist)
}
