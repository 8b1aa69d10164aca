//! The search index, kept in the transaction that changes what is indexed, and searching.

use meridian_domain::ids::{CommentId, TranscriptId, UpdateId};

use crate::search;
use crate::{StoreError, Tx};

pub use crate::search::{
    Correction, Found, Hit, HitSource, Item, Position, Query, QueryError, Request, Tidied, search, start_ms,
    tidy,
};

/// Brings the index in line with an update: its title, body, comments and the segments of its current transcript.
/// Call it when an update is published, restored or changed, and when its transcript is replaced. What is not
/// published, or deleted, is taken out.
pub async fn index_update(tx: &Tx, update: UpdateId) -> Result<(), StoreError> {
    search::update(tx, update).await
}

/// Takes an update, its comments and its words out of the index.
pub async fn remove_update(tx: &Tx, update: UpdateId) -> Result<(), StoreError> {
    search::remove(tx, update).await
}

/// Brings the index in line with a comment that was made, changed or deleted.
pub async fn index_comment(tx: &Tx, comment: CommentId) -> Result<(), StoreError> {
    search::comment(tx, comment).await
}

/// Takes a comment out of the index.
pub async fn remove_comment(tx: &Tx, comment: CommentId) -> Result<(), StoreError> {
    search::remove_comment(tx, comment).await
}

/// Brings the index in line with the segments of a transcript from an instant on (a window was recognised, a
/// segment edited). Does nothing while the update is not published or another transcript is the current one.
pub async fn index_segments(
    tx: &Tx,
    update: UpdateId,
    transcript: TranscriptId,
    from_ms: i64,
) -> Result<(), StoreError> {
    search::segments(tx, update, transcript, from_ms).await
}
