//! What happens when an answer to a round is published.

use meridian_domain::rounds::answer_state;

use super::{find_any, members, plans, tell};
use crate::repo::notifications;
use crate::repo::updates::RowUpdate;
use crate::{StoreError, Tx};

/// Tells that a published update answers its round, and takes its plans; nothing for other updates.
pub(crate) async fn responded(tx: &Tx, update: &RowUpdate) -> Result<(), StoreError> {
    let Some(id) = update.round_id else { return Ok(()) };
    let Some(round) = find_any(tx, id).await? else { return Ok(()) };
    let window = members(tx, id).await?.into_iter().find(|window| window.user_id == update.author_id);
    let state = window.map(|window| {
        answer_state(update.published_at, window.due_at, window.excused_at.is_some(), window.away)
    });
    tell::response(tx, &round, update, state);
    notifications::answered(tx, update.author_id, id).await?;
    plans::take_plans(tx, &round, update).await
}
