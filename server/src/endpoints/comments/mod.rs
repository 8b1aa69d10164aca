//! Comments: threads on a moment, their kinds, questions and answers.

pub mod check;
pub mod create;
pub mod delete;
pub mod edit;
pub mod history;
pub mod list;
pub mod state;
pub mod talk;
pub mod view;

use meridian_domain::enums::EventKind;
use meridian_domain::ids::CommentId;
use meridian_store::repo::comments::{self, RowComment};
use meridian_store::repo::updates::RowUpdate;
use meridian_store::{Conn, NewEvent, Tx};
use serde_json::Value;

pub use view::{CommentView, render, render_one};

use crate::auth::Auth;
use crate::error::{ApiError, ApiResult};
use crate::registry::Registry;

/// Routes under `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config
        .service(create::create)
        .service(list::list)
        .service(edit::edit)
        .service(delete::remove)
        .service(state::resolve)
        .service(state::reopen)
        .service(state::acknowledge)
        .service(talk::get_talk)
        .service(talk::open_talk)
        .service(talk::close_talk)
        .service(history::history);
}

/// The comment and its update, if the viewer sees it.
///
/// # Errors
/// 404.
pub async fn visible(conn: &impl Conn, auth: &Auth, id: CommentId) -> ApiResult<(RowComment, RowUpdate)> {
    comments::find_visible(conn, auth.user, id).await?.ok_or_else(ApiError::not_found)
}

/// Notes an event about a comment for those who see its update.
fn tell(tx: &Tx, kind: EventKind, update: &RowUpdate, data: Value) {
    tx.event(NewEvent {
        kind,
        workspace_id: update.workspace_id,
        audience_id: update.is_published().then_some(update.audience_id),
        user_id: (!update.is_published()).then_some(update.author_id),
        update_id: Some(update.id),
        data,
    });
}

/// Notes that a comment was made or changed; its data is the comment's JSON, which is the same for every viewer.
pub(crate) async fn tell_of(
    tx: &Tx,
    kind: EventKind,
    update: &RowUpdate,
    comment: &RowComment,
) -> ApiResult<CommentView> {
    let shown = render_one(tx, comment.clone()).await?;
    tell(tx, kind, update, serde_json::to_value(&shown).map_err(ApiError::internal)?);
    Ok(shown)
}
