//! Who is told of what, and why: the strongest reason of each person.

use std::collections::BTreeMap;

use meridian_domain::enums::{NotificationKind, Priority};
use meridian_domain::ids::{TeamId, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::New;
use super::urgent::{about_comment, about_update, may_be_urgent};
use crate::entity::team_members;
use crate::repo::comments::{RowComment, thread_authors};
use crate::repo::updates::{self, RowUpdate};
use crate::{Conn, StoreError, Tx};

type Reasons = BTreeMap<UserId, NotificationKind>;

fn because(reasons: &mut Reasons, user: UserId, kind: NotificationKind) {
    let strongest = reasons.entry(user).or_insert(kind);
    *strongest = (*strongest).max(kind);
}

/// A comment: the assignee of an ask, who is named, who is in the thread, the update's author; an accepted answer's
/// author.
pub(super) async fn of_comment(
    tx: &Tx,
    comment: &RowComment,
    update: &RowUpdate,
) -> Result<Vec<New>, StoreError> {
    let mut reasons = Reasons::new();
    because(&mut reasons, update.author_id, NotificationKind::Comment);
    if let Some(parent) = comment.parent_id {
        for author in thread_authors(tx, parent).await? {
            because(&mut reasons, author, NotificationKind::Reply);
        }
    }
    for &who in &comment.mentions {
        because(&mut reasons, who, NotificationKind::Mention);
    }
    let asked = comment.asked();
    if let Some(who) = asked {
        because(&mut reasons, who, NotificationKind::Ask);
    }
    if comment.presses() && may_be_urgent(tx, comment.author_id, &about_comment(comment.id)).await? {
        for who in comment.mentions.iter().copied().chain(asked) {
            because(&mut reasons, who, NotificationKind::Urgent);
        }
    }
    reasons.remove(&comment.author_id);
    let root = comment.parent_id.unwrap_or(comment.id);
    let mut told: Vec<New> = reasons
        .into_iter()
        .map(|(user, kind)| New {
            user,
            workspace: update.workspace_id,
            kind,
            thread_key: match kind {
                NotificationKind::Comment => format!("update/{}", update.id),
                _ => format!("comment/{root}"),
            },
            dedupe_key: format!("{kind}/{}", comment.id),
            actor: Some(comment.author_id),
            update: Some(update.id),
            comment: Some(comment.id),
            round: None,
        })
        .collect();
    told.extend(accepted(tx, comment, update).await?);
    told.extend(talk(tx, comment, update).await?);
    Ok(told)
}

/// Who is in the thread is asked to talk live, once each time that it is opened.
async fn talk(tx: &Tx, root: &RowComment, update: &RowUpdate) -> Result<Vec<New>, StoreError> {
    let (Some(at), Some(by)) = (root.talk_opened_at, root.talk_opened_by) else { return Ok(Vec::new()) };
    let people = crate::repo::comments::thread_people(tx, root, update).await?;
    let new = |user| New {
        user,
        workspace: update.workspace_id,
        kind: NotificationKind::Talk,
        // An entry of its own: in the thread's a stronger reason would hide it.
        thread_key: format!("talk/{}", root.id),
        dedupe_key: format!("talk/{}/{at}", root.id),
        actor: Some(by),
        update: Some(update.id),
        comment: Some(root.id),
        round: None,
    };
    Ok(people.into_iter().filter(|user| *user != by).map(new).collect())
}

async fn accepted(tx: &Tx, question: &RowComment, update: &RowUpdate) -> Result<Option<New>, StoreError> {
    let Some(answer) = question.answer_id else { return Ok(None) };
    let answer = crate::repo::comments::find_any(tx, answer).await?;
    let by = question.resolved_by.unwrap_or(question.author_id);
    Ok(answer.filter(|answer| answer.author_id != by).map(|answer| New {
        user: answer.author_id,
        workspace: update.workspace_id,
        kind: NotificationKind::Answer,
        thread_key: format!("comment/{}", question.id),
        dedupe_key: format!("answer/{}", answer.id),
        actor: Some(by),
        update: Some(update.id),
        comment: Some(answer.id),
        round: None,
    }))
}

/// A published update: those it is addressed to, the author of what it replies to, the team when it is urgent.
pub(super) async fn of_published(tx: &Tx, update: &RowUpdate) -> Result<Vec<New>, StoreError> {
    let mut reasons = Reasons::new();
    if let Some(to) = update.reply_to_id
        && let Some(first) = updates::find_any(tx, to).await?
    {
        because(&mut reasons, first.author_id, NotificationKind::Reply);
    }
    for who in updates::audience_people(tx, update.audience_id).await?.unwrap_or_default() {
        because(&mut reasons, who, NotificationKind::Direct);
    }
    let mut told = told_of(update, reasons);
    for new in of_changed(tx, update).await? {
        told.retain(|known| known.user != new.user);
        told.push(new);
    }
    Ok(told)
}

/// A changed update: it may be urgent now.
pub(super) async fn of_changed(tx: &Tx, update: &RowUpdate) -> Result<Vec<New>, StoreError> {
    let about = about_update(update.id);
    if update.priority != Priority::Urgent || !may_be_urgent(tx, update.author_id, &about).await? {
        return Ok(Vec::new());
    }
    let people = match updates::audience_people(tx, update.audience_id).await? {
        Some(people) => people,
        None => team(tx, update.team_id).await?,
    };
    Ok(told_of(update, people.into_iter().map(|who| (who, NotificationKind::Urgent)).collect()))
}

fn told_of(update: &RowUpdate, mut reasons: Reasons) -> Vec<New> {
    reasons.remove(&update.author_id);
    let new = |(user, kind): (UserId, NotificationKind)| New {
        user,
        workspace: update.workspace_id,
        kind,
        thread_key: format!("update/{}", update.id),
        dedupe_key: format!("{kind}/{}", update.id),
        actor: Some(update.author_id),
        update: Some(update.id),
        comment: None,
        round: update.round_id,
    };
    reasons.into_iter().map(new).collect()
}

async fn team(tx: &Tx, team: TeamId) -> Result<Vec<UserId>, StoreError> {
    let rows =
        team_members::Entity::find().filter(team_members::Column::TeamId.eq(team.0)).all(tx.raw()).await?;
    Ok(rows.into_iter().map(|row| row.user_id.into()).collect())
}
