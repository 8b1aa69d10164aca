//! GET `/oembed?url=` (oEmbed 1.0): how other programs show a share link.

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use meridian_domain::enums::UpdateKind;
use meridian_domain::markup::escape;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::door;
use super::page::Card;
use crate::error::{ApiError, ApiResult, Code, Problem};
use crate::http::ApiQuery;
use crate::state::AppState;

/// Which link, and how large at most.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OembedQuery {
    /// A share link, complete.
    url: String,
    /// In pixels.
    maxwidth: Option<u32>,
    /// In pixels.
    maxheight: Option<u32>,
    /// `json`, which is what there is.
    format: Option<String>,
}

/// How a share link is shown elsewhere.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Oembed)]
pub struct OembedView {
    /// `1.0`.
    version: &'static str,
    /// `video`, or `rich` for a text.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The title.
    title: String,
    /// Whose.
    author_name: String,
    /// `Meridian`.
    provider_name: &'static str,
    /// This instance.
    provider_url: String,
    /// A frame with the page.
    html: String,
    /// Of the frame, in pixels.
    width: u32,
    /// Of the frame, in pixels.
    height: u32,
    /// A still picture, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    thumbnail_url: Option<String>,
    /// Of the picture, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    thumbnail_width: Option<u32>,
    /// Of the picture, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    thumbnail_height: Option<u32>,
}

/// How other programs show a share link (oEmbed 1.0, JSON).
#[utoipa::path(tag = "Share", params(OembedQuery), responses(
    (status = 200, description = "A frame with the player", body = OembedView),
    (status = 400, description = "No address, or no number", body = Problem),
    (status = 401, description = "The link has a password", body = Problem),
    (status = 404, description = "Not a share link of this instance, or it has ended", body = Problem),
    (status = 501, description = "Another format than JSON", body = Problem)))]
#[get("/oembed")]
pub(crate) async fn oembed(
    state: web::Data<AppState>,
    query: ApiQuery<OembedQuery>,
) -> ApiResult<HttpResponse> {
    let query = query.0;
    if query.format.is_some_and(|format| format != "json") {
        return Err(ApiError::new(Code::NotImplemented, "Only JSON is spoken."));
    }
    let base = &state.settings.public_url;
    let rest = query.url.strip_prefix(base).and_then(|rest| rest.strip_prefix("/s/"));
    let token = rest.and_then(|rest| rest.split(['?', '#', '/']).next()).ok_or_else(ApiError::not_found)?;
    let (link, row) = door::behind(&state, token).await?;
    if link.password_hash.is_some() {
        return Err(ApiError::new(Code::PasswordRequired, "This link is shown on its own page only."));
    }
    let card = Card::of(&state, &link, &row).await?;
    let (width, height) = fitting(query.maxwidth, query.maxheight);
    // The token is one of ours, so it holds letters, digits, dashes and underlines only.
    let html = format!(
        "<iframe src=\"{base}/s/{token}?embed=1\" width=\"{width}\" height=\"{height}\" title=\"{}\" \
         allow=\"fullscreen; picture-in-picture\" referrerpolicy=\"no-referrer\" \
         style=\"border:0\"></iframe>",
        escape(&card.title)
    );
    let picture = card.poster.then(|| format!("{base}/s/{token}/poster.jpg"));
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(OembedView {
        version: "1.0",
        kind: if card.kind == UpdateKind::Text { "rich" } else { "video" },
        title: card.title,
        author_name: card.author,
        provider_name: "Meridian",
        provider_url: base.clone(),
        html,
        width,
        height,
        thumbnail_width: picture.as_ref().map(|_| width),
        thumbnail_height: picture.as_ref().map(|_| height),
        thumbnail_url: picture,
    }))
}

/// The largest frame of 16:9 up to 640 pixels wide that fits.
fn fitting(most_wide: Option<u32>, most_high: Option<u32>) -> (u32, u32) {
    let width = most_wide.unwrap_or(640).clamp(160, 640);
    let height = width * 9 / 16;
    match most_high.map(|most| most.max(90)) {
        Some(most) if most < height => (most * 16 / 9, most),
        _ => (width, height),
    }
}

#[cfg(test)]
mod tests {
    use super::fitting;

    #[test]
    fn a_frame_fits_and_keeps_its_shape() {
        assert_eq!(fitting(None, None), (640, 360));
        assert_eq!(fitting(Some(320), None), (320, 180));
        assert_eq!(fitting(Some(u32::MAX), Some(180)), (320, 180));
        assert_eq!(fitting(Some(0), Some(0)), (160, 90));
    }
}
