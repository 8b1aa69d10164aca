//! GET `/s/{token}`: the web app's page with a head that other programs read without running it (Open Graph, oEmbed).
//!
//! Only what a link without a password shows anyway stands in it. With `?embed=1` other sites may show it in a frame:
//! that page has the player alone (see `docs/adr/0012`).

use std::fmt::Write as _;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use meridian_domain::enums::UpdateKind;
use meridian_domain::markup::escape;
use meridian_store::repo::share_links::ShareLink;
use meridian_store::repo::updates::{self, RowUpdate};

use super::door;
use crate::endpoints::media::guest_urls;
use crate::endpoints::notifications::excerpt;
use crate::endpoints::updates::view::PersonView;
use crate::error::{ApiError, ApiResult};
use crate::middleware::headers;
use crate::state::AppState;

/// What other programs are told of a link without a password.
pub(super) struct Card {
    /// The title; never empty.
    pub(super) title: String,
    /// Who made it.
    pub(super) author: String,
    /// A line on what it is.
    pub(super) text: String,
    /// Whether there is a still picture.
    pub(super) poster: bool,
    /// What it is.
    pub(super) kind: UpdateKind,
}

impl Card {
    pub(super) async fn of(state: &AppState, link: &ShareLink, row: &RowUpdate) -> ApiResult<Self> {
        let people = updates::people(state.store.reader(), &[row.author_id]).await?;
        let author = PersonView::of(&people, row.author_id).display_name;
        let title = excerpt(&row.title);
        let text = excerpt(&row.body);
        Ok(Self {
            title: if title.is_empty() { format!("An update of {author}") } else { title },
            text: if text.is_empty() { format!("Recorded by {author}") } else { text },
            author,
            poster: guest_urls(state, link, row).await?.poster_url.is_some(),
            kind: row.kind,
        })
    }
}

/// GET `/s/{token}`.
pub(super) async fn page(
    req: HttpRequest,
    state: web::Data<AppState>,
    path: web::Path<String>,
) -> ApiResult<HttpResponse> {
    let token = path.into_inner();
    let (status, card) = match door::behind(&state, &token).await {
        Ok((link, row)) if link.password_hash.is_none() => {
            (StatusCode::OK, Some(Card::of(&state, &link, &row).await?))
        }
        Ok(_) => (StatusCode::OK, None),
        Err(error) if error.code() == crate::error::Code::NotFound => (StatusCode::NOT_FOUND, None),
        Err(error) => return Err(error),
    };
    let head = head(&state.settings.public_url, &token, card.as_ref());
    let page = crate::web::page(&req, Some(&head)).ok_or_else(ApiError::not_found)?;
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("x-robots-tag", "noindex, nofollow"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"));
    if web::Query::<Embed>::from_query(req.query_string()).is_ok_and(|query| query.embed.is_some()) {
        answer.insert_header((header::CONTENT_SECURITY_POLICY, headers::policy_in_frames(&state.settings)));
    }
    Ok(answer.content_type("text/html; charset=utf-8").body(page))
}

#[derive(serde::Deserialize)]
struct Embed {
    embed: Option<String>,
}

/// The part of the head that depends on the link.
fn head(public_url: &str, token: &str, card: Option<&Card>) -> String {
    let mut head = "<meta name=\"robots\" content=\"noindex, nofollow\">".to_owned();
    let Some(card) = card else { return format!("<title>Meridian</title>{head}") };
    let token: String =
        token.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    let url = format!("{public_url}/s/{token}");
    let mut add = |name: &str, value: &str| {
        write!(head, "<meta property=\"og:{name}\" content=\"{}\">", escape(value)).unwrap_or_default();
    };
    add("type", if card.kind == UpdateKind::Text { "article" } else { "video.other" });
    add("site_name", "Meridian");
    add("title", &card.title);
    add("description", &card.text);
    add("url", &url);
    if card.poster {
        add("image", &format!("{url}/poster.jpg"));
    }
    let asked: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
    format!(
        "<title>{title}</title>{head}<meta name=\"description\" content=\"{}\">\
         <link rel=\"alternate\" type=\"application/json+oembed\" href=\"{}\" title=\"{title}\">",
        escape(&card.text),
        escape(&format!("{public_url}/oembed?url={asked}")),
        title = escape(&card.title),
    )
}

/// GET `/s/{token}/poster.jpg`: leads to the picture of now, so that the address in a head lasts as long as the link.
pub(super) async fn poster(state: web::Data<AppState>, path: web::Path<String>) -> ApiResult<HttpResponse> {
    let (link, row) = door::behind(&state, &path).await?;
    let urls = guest_urls(&state, &link, &row).await?;
    let poster = urls.poster_url.filter(|_| link.password_hash.is_none()).ok_or_else(ApiError::not_found)?;
    Ok(HttpResponse::Found()
        .insert_header((header::LOCATION, poster))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 29: whatever a title says, it stays text.
    #[test]
    fn a_hostile_title_is_inert_in_the_head() {
        let hostile = "</title><script>alert(1)</script>\" onload='x' {{7*7}}";
        let card = Card {
            title: hostile.to_owned(),
            author: hostile.to_owned(),
            text: hostile.to_owned(),
            poster: true,
            kind: UpdateKind::Video,
        };
        let head = head("https://m.example", "abc\"><script>", Some(&card));
        assert!(!head.contains("<script") && !head.contains("onload='"), "{head}");
        assert_eq!(head.matches("</title>").count(), 1, "{head}");
        assert!(head.contains("content=\"https://m.example/s/abcscript/poster.jpg\""), "{head}");
        assert!(head.contains("/oembed?url=https%3A%2F%2Fm.example%2Fs%2Fabcscript\""), "{head}");
    }

    #[test]
    fn a_link_with_a_password_tells_nothing() {
        let head = head("https://m.example", "abc", None);
        assert_eq!(head, "<title>Meridian</title><meta name=\"robots\" content=\"noindex, nofollow\">");
    }
}
