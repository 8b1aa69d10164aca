//! PUT, DELETE `/updates/{u}/reactions/{emoji}?at_ms=`.

use actix_web::{HttpResponse, delete, put, web};
use meridian_domain::enums::{EventKind, UpdateKind};
use meridian_domain::ids::UpdateId;
use meridian_store::repo::reactions;
use meridian_store::repo::updates::RowUpdate;
use meridian_store::{NewEvent, Tx};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::list::ReactionView;
use crate::auth::Auth;
use crate::endpoints::updates::access;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, ApiQuery, Page};
use crate::state::AppState;

/// Most characters of an emoji: families and flags are sequences.
const MAX_CHARS: usize = 16;
/// Most reactions of one person on one update.
const MAX_EACH: u64 = 200;

/// Where.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MomentQuery {
    /// The moment, on the source's time line; left out: the whole update.
    at_ms: Option<i64>,
}

/// Reacts; doing it again changes nothing.
#[utoipa::path(tag = "Reactions", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update"), ("emoji" = String, Path, description = "One emoji"),
        MomentQuery),
    responses(
        (status = 200, description = "All reactions on the update", body = Page<ReactionView>),
        (status = 404, description = "No such update for you", body = Problem),
        (status = 422, description = "No emoji, or no such moment", body = Problem)))]
#[put("/updates/{update}/reactions/{emoji}")]
pub(crate) async fn add(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<(UpdateId, String)>,
    query: ApiQuery<MomentQuery>,
) -> ApiResult<web::Json<Page<ReactionView>>> {
    let (id, emoji) = path.0;
    let at_ms = query.0.at_ms;
    let tx = state.store.write().await?;
    let update = access::visible(&tx, &auth, id).await?;
    if !is_emoji(&emoji) {
        return Err(ApiError::invalid("emoji", "no_emoji", "It has to be one emoji."));
    }
    moment(&update, at_ms)?;
    if reactions::count_of(&tx, id, auth.user).await? >= MAX_EACH {
        return Err(ApiError::conflict(format!("{MAX_EACH} reactions on one update are enough.")));
    }
    if reactions::add(&tx, id, auth.user, &emoji, at_ms).await? {
        tell(&tx, &auth, &update, &emoji, at_ms).await?;
    }
    let items = reactions::list(&tx, auth.user, id).await?.into_iter().map(ReactionView::from).collect();
    tx.commit().await?;
    Ok(web::Json(Page { items, next_cursor: None }))
}

/// Takes a reaction back.
#[utoipa::path(tag = "Reactions", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update"), ("emoji" = String, Path, description = "One emoji"),
        MomentQuery),
    responses(
        (status = 204, description = "Taken back"),
        (status = 404, description = "No such update for you, or no such reaction of yours", body = Problem)))]
#[delete("/updates/{update}/reactions/{emoji}")]
pub(crate) async fn remove(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<(UpdateId, String)>,
    query: ApiQuery<MomentQuery>,
) -> ApiResult<HttpResponse> {
    let (id, emoji) = path.0;
    let tx = state.store.write().await?;
    let update = access::visible(&tx, &auth, id).await?;
    if !reactions::remove(&tx, id, auth.user, &emoji, query.0.at_ms).await? {
        return Err(ApiError::not_found());
    }
    tell(&tx, &auth, &update, &emoji, query.0.at_ms).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Something that is drawn as one sign and is no text: not a letter, digit or mark of ASCII alone, no control sign.
fn is_emoji(text: &str) -> bool {
    let keycap = text.ends_with('\u{20e3}');
    let plain = |c: char| c.is_alphanumeric() || c.is_whitespace() || c.is_control();
    !text.is_empty()
        && text.chars().count() <= MAX_CHARS
        && !text.is_ascii()
        && (keycap || !text.chars().any(plain))
}

fn moment(update: &RowUpdate, at_ms: Option<i64>) -> ApiResult<()> {
    let Some(at) = at_ms else { return Ok(()) };
    let (first, last) = update.visible_span().unwrap_or((0, i64::MAX));
    if update.kind == UpdateKind::Text || at < first || at > last {
        return Err(ApiError::invalid("at_ms", "out_of_range", "It lies outside of the update."));
    }
    Ok(())
}

/// The counts, without whose they are: `mine` differs from viewer to viewer.
async fn tell(tx: &Tx, auth: &Auth, update: &RowUpdate, emoji: &str, at_ms: Option<i64>) -> ApiResult<()> {
    let tallies = reactions::list(tx, auth.user, update.id).await?;
    let found = tallies.iter().find(|tally| tally.emoji == emoji && tally.at_ms == at_ms);
    let count = found.map_or(0, |tally| tally.count);
    tx.event(NewEvent {
        kind: EventKind::ReactionChanged,
        workspace_id: update.workspace_id,
        audience_id: update.is_published().then_some(update.audience_id),
        user_id: (!update.is_published()).then_some(update.author_id),
        update_id: Some(update.id),
        data: json!({"emoji": emoji, "at_ms": at_ms, "count": count}),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_emoji;

    #[test]
    fn emoji_and_nothing_else() {
        for yes in ["👍", "❤️", "👩🏽‍💻", "🇩🇪", "1️⃣", "✅"] {
            assert!(is_emoji(yes), "{yes}");
        }
        for no in
            ["", "a", ":)", "ja", "é", "👍 ok", "\u{202e}x", "<b>", "👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍"]
        {
            assert!(!is_emoji(no), "{no}");
        }
    }
}
