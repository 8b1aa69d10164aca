//! What is asked of a comment's fields beyond their shape.

use jiff::Timestamp;
use meridian_domain::enums::{CommentKind, UpdateKind};
use meridian_domain::ids::{CommentId, UserId};
use meridian_domain::working_time::after_working_time;
use meridian_store::repo::comments::RowComment;
use meridian_store::repo::updates::RowUpdate;
use meridian_store::repo::{comments, notifications, working};
use meridian_store::{Conn, Tx};

use crate::endpoints::teams::agreement::Agreement;
use crate::error::{ApiError, ApiResult};

/// Longest comment, in characters.
pub(super) const MAX_BODY: usize = 10_000;
/// Most people that a comment mentions.
pub(super) const MAX_MENTIONS: usize = 50;

/// The moment and the end of a span lie on what is shown of the update.
pub(crate) fn moments(update: &RowUpdate, at_ms: Option<i64>, end_ms: Option<i64>) -> ApiResult<()> {
    let bad = |field, code, detail: &str| Err(ApiError::invalid(field, code, detail));
    let Some(at) = at_ms else {
        return match end_ms {
            Some(_) => bad("end_ms", "without_start", "A span needs at_ms too."),
            None => Ok(()),
        };
    };
    if update.kind == UpdateKind::Text {
        return bad("at_ms", "no_time_line", "A text has no time line.");
    }
    let (first, last) = update.visible_span().unwrap_or((0, i64::MAX));
    if at < first || at > last {
        return bad("at_ms", "out_of_range", "It lies outside of the update.");
    }
    match end_ms {
        Some(end) if end <= at => bad("end_ms", "out_of_range", "It has to lie behind at_ms."),
        Some(end) if end > last => bad("end_ms", "out_of_range", "It lies outside of the update."),
        _ => Ok(()),
    }
}

/// Everyone who is addressed or mentioned sees the update.
pub(super) async fn people(
    conn: &impl Conn,
    update: &RowUpdate,
    field: &str,
    people: &[UserId],
) -> ApiResult<()> {
    match comments::who_cannot_see(conn, update.id, people).await?.first() {
        None => Ok(()),
        Some(who) => Err(ApiError::invalid(field, "cannot_see", format!("{who} does not see this update."))),
    }
}

/// The comment that is answered: on the same update, and no answer itself.
pub(super) async fn parent(conn: &impl Conn, update: &RowUpdate, parent: CommentId) -> ApiResult<()> {
    let bad = |code, detail: &str| Err(ApiError::invalid("parent_id", code, detail));
    match comments::find_any(conn, parent).await? {
        Some(found) if found.update_id != update.id => {
            bad("unknown", "There is no such comment on this update.")
        }
        None => bad("unknown", "There is no such comment on this update."),
        Some(found) if found.parent_id.is_some() => {
            bad("too_deep", "Answers go one level deep: answer the first comment of the thread.")
        }
        Some(_) => Ok(()),
    }
}

/// When an ask's answer is expected, in milliseconds since 1970: the team's reply expectation after `created_ms`, in
/// the working hours of whom it is addressed to, without the days on which that person is away as far as is known now. `None` for what is no ask, or who never works.
pub(crate) async fn expected_by(
    conn: &impl Conn,
    update: &RowUpdate,
    kind: CommentKind,
    assignee: Option<UserId>,
    created_ms: i64,
) -> ApiResult<Option<i64>> {
    let is_ask = matches!(kind, CommentKind::Question | CommentKind::Action | CommentKind::Blocker);
    let Some(assignee) = assignee.filter(|_| is_ask) else { return Ok(None) };
    let Some(hours) = working::hours_of(conn, &[assignee]).await?.remove(&assignee) else { return Ok(None) };
    let agreed = Agreement::of_team(conn, assignee, update.team_id).await?;
    let from = Timestamp::from_millisecond(created_ms).map_err(ApiError::internal)?;
    let span_ms = i64::from(agreed.reply_within_working_hours).saturating_mul(3_600_000);
    Ok(after_working_time(from, span_ms, &hours).map(Timestamp::as_millisecond))
}

/// A comment that presses counts against its author's urgent things of the day; the backup of an ask is told when
/// nobody takes note of it in the time agreed on.
///
/// # Errors
/// 429 when the author was urgent too often.
pub(super) async fn press(tx: &Tx, update: &RowUpdate, row: &RowComment) -> ApiResult<()> {
    if !row.presses() || !update.is_published() {
        return Ok(());
    }
    let now = tx.clock().now_ms();
    if !notifications::may_be_urgent(tx, row.author_id, &notifications::about_comment(row.id)).await? {
        return Err(ApiError::urgent_limit(notifications::urgent_wait_ms(tx, row.author_id, now).await?));
    }
    if row.asked().is_some() && row.acknowledged_at.is_none() {
        let agreed = Agreement::of_team(tx, row.author_id, update.team_id).await?;
        let wait_ms = i64::from(agreed.acknowledge_within_minutes).saturating_mul(60_000);
        notifications::plan_backup(tx, row.id, now.saturating_add(wait_ms)).await?;
    }
    Ok(())
}

/// Sorted, each once.
pub(super) fn each_once(mut people: Vec<UserId>) -> Vec<UserId> {
    people.sort_unstable();
    people.dedup();
    people
}
