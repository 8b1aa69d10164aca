//! Talking live on a thread.

use std::collections::BTreeSet;

use meridian_domain::ids::{CommentId, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use super::{RowComment, row, write};
use crate::entity::comments::{self, Column};
use crate::repo::updates::{self, RowUpdate};
use crate::{Conn, StoreError, Tx};

async fn thread(conn: &impl Conn, root: CommentId) -> Result<Vec<RowComment>, StoreError> {
    let rows = comments::Entity::find()
        .filter(Condition::any().add(Column::ParentId.eq(root.0)).add(Column::Id.eq(root.0)))
        .filter(Column::DeletedAt.is_null())
        .all(conn.raw())
        .await?;
    rows.into_iter().map(row::from_model).collect()
}

/// Who wrote in a thread.
pub async fn thread_authors(conn: &impl Conn, root: CommentId) -> Result<BTreeSet<UserId>, StoreError> {
    Ok(thread(conn, root).await?.into_iter().map(|row| row.author_id).collect())
}

/// Who is in a thread: who wrote in it or is addressed or named there, the update's author, and who wants to talk live;
/// as far as they see the update now.
pub async fn thread_people(
    conn: &impl Conn,
    root: &RowComment,
    update: &RowUpdate,
) -> Result<BTreeSet<UserId>, StoreError> {
    let mut people = BTreeSet::from([update.author_id]);
    people.extend(root.talk_opened_by);
    for row in thread(conn, root.id).await? {
        people.insert(row.author_id);
        people.extend(row.assignee_id);
        people.extend(row.mentions);
    }
    let mut here = BTreeSet::new();
    for person in people {
        if updates::find_visible(conn, person, update.id).await?.is_some() {
            here.insert(person);
        }
    }
    Ok(here)
}

/// Asks the people of a thread to talk live; one that is open stays as it is.
pub async fn open_talk(tx: &Tx, root: &RowComment, by: UserId) -> Result<RowComment, StoreError> {
    if root.talk_opened_at.is_some() {
        return Ok(root.clone());
    }
    let values =
        [(Column::TalkOpenedAt, Expr::value(tx.clock().now_ms())), (Column::TalkOpenedBy, Expr::value(by.0))];
    write::set(tx, root, values).await
}

/// Ends it.
pub async fn close_talk(tx: &Tx, root: &RowComment) -> Result<RowComment, StoreError> {
    let values = [
        (Column::TalkOpenedAt, Expr::value(Option::<i64>::None)),
        (Column::TalkOpenedBy, Expr::value(Option::<uuid::Uuid>::None)),
    ];
    write::set(tx, root, values).await
}
