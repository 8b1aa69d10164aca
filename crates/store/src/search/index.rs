//! Keeps the index in line with the domain, in its transaction. Rows that did not change are left alone, and new
//! ones take the numbers of those that went, so that a row's number tells its age.

use meridian_domain::enums::PublishState;
use meridian_domain::ids::{CommentId, TranscriptId, UpdateId};
use meridian_domain::transcript::{Span, cut};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::plain;
use super::results::HitSource;
use super::rows::{self, Wanted};
use super::tidy;
use crate::entity::{comments, search_rows, transcript_segments, updates};
use crate::repo::transcripts;
use crate::{Conn, StoreError, Tx, json};

/// How many updates are looked for at once.
const REFILL_BATCH: u64 = 500;

/// See `repo::search::index_update`.
pub(crate) async fn update(tx: &Tx, id: UpdateId) -> Result<(), StoreError> {
    let wanted = wanted(tx, id).await?;
    rows::reconcile(tx, present(tx, id).await?, wanted).await
}

/// Makes the index of all rows, which were copied without it.
pub(crate) async fn refill(tx: &Tx) -> Result<(), StoreError> {
    tidy::forget(tx).await?;
    let mut after = uuid::Uuid::nil();
    loop {
        let ids: Vec<uuid::Uuid> = search_rows::Entity::find()
            .select_only()
            .column(search_rows::Column::UpdateId)
            .distinct()
            .filter(search_rows::Column::UpdateId.gt(after))
            .order_by_asc(search_rows::Column::UpdateId)
            .limit(REFILL_BATCH)
            .into_tuple()
            .all(tx.raw())
            .await?;
        let Some(last) = ids.last() else { return Ok(()) };
        after = *last;
        for id in ids {
            let wanted = wanted(tx, id.into()).await?;
            rows::refill(tx, present(tx, id.into()).await?, wanted).await?;
        }
    }
}

/// The rows that an update should have; none where it is not to be found.
async fn wanted(tx: &Tx, id: UpdateId) -> Result<Vec<Wanted>, StoreError> {
    let Some(update) = visible(tx, id).await? else { return Ok(Vec::new()) };
    let mut wanted = vec![
        Wanted::of_update(&update, HitSource::Title, &update.title),
        Wanted::of_update(&update, HitSource::Body, &plain::text(&update.body)),
    ];
    wanted.retain(|row| row.source == HitSource::Title || !row.text.is_empty());
    let found = comments::Entity::find()
        .filter(comments::Column::UpdateId.eq(id.0))
        .filter(comments::Column::DeletedAt.is_null())
        .order_by_asc(comments::Column::CreatedAt)
        .all(tx.raw())
        .await?;
    wanted.extend(found.iter().map(|comment| Wanted::of_comment(&update, comment)));
    if let Some(current) = transcripts::current_row(tx, id).await? {
        let segments = untrimmed(&update, segments_from(tx, current.id, i64::MIN).await?)?;
        wanted.extend(Wanted::of_segments(&update, &current.language, &segments, None));
    }
    Ok(wanted)
}

async fn present(tx: &Tx, id: UpdateId) -> Result<Vec<search_rows::Model>, StoreError> {
    let query = search_rows::Entity::find()
        .filter(search_rows::Column::UpdateId.eq(id.0))
        .order_by_asc(search_rows::Column::RowId);
    Ok(query.all(tx.raw()).await?)
}

/// See `repo::search::remove_update`.
pub(crate) async fn remove(tx: &Tx, id: UpdateId) -> Result<(), StoreError> {
    rows::reconcile(tx, present(tx, id).await?, Vec::new()).await
}

/// See `repo::search::index_comment`.
pub(crate) async fn comment(tx: &Tx, id: CommentId) -> Result<(), StoreError> {
    let found = comments::Entity::find_by_id(id.0).one(tx.raw()).await?;
    let Some(comment) = found.filter(|comment| comment.deleted_at.is_none()) else {
        return remove_comment(tx, id).await;
    };
    let Some(update) = visible(tx, comment.update_id.into()).await? else {
        return remove_comment(tx, id).await;
    };
    let present = rows_of_comment(tx, id).await?;
    rows::reconcile(tx, present, vec![Wanted::of_comment(&update, &comment)]).await
}

/// See `repo::search::remove_comment`.
pub(crate) async fn remove_comment(tx: &Tx, id: CommentId) -> Result<(), StoreError> {
    let present = rows_of_comment(tx, id).await?;
    rows::reconcile(tx, present, Vec::new()).await
}

/// See `repo::search::index_segments`.
pub(crate) async fn segments(
    tx: &Tx,
    id: UpdateId,
    transcript: TranscriptId,
    from_ms: i64,
) -> Result<(), StoreError> {
    let Some(update) = visible(tx, id).await? else { return Ok(()) };
    let Some(current) = transcripts::current_row(tx, id).await?.filter(|row| row.id == transcript.0) else {
        return Ok(());
    };
    if update.trim_start_ms.is_some() {
        return self::update(tx, id).await;
    }
    // The segment before has new neighbours too, and needs its own neighbour for that.
    let mut earlier = transcript_segments::Entity::find()
        .filter(transcript_segments::Column::TranscriptId.eq(transcript.0))
        .filter(transcript_segments::Column::StartMs.lt(from_ms))
        .order_by_desc(transcript_segments::Column::StartMs)
        .order_by_desc(transcript_segments::Column::Id)
        .limit(2)
        .all(tx.raw())
        .await?;
    earlier.reverse();
    let (context, border) = match earlier.as_slice() {
        [context, border] => (Some(context.clone()), border.start_ms),
        [border] => (None, border.start_ms),
        _ => (None, i64::MIN),
    };
    let segments = segments_from(tx, transcript.0, border).await?;
    // Several may begin with the border's instant: the context has to lie before all of them.
    let context = context.filter(|context| context.start_ms < border);
    let wanted = Wanted::of_segments(&update, &current.language, &segments, context.as_ref()).collect();
    let present = search_rows::Entity::find()
        .filter(search_rows::Column::UpdateId.eq(id.0))
        .filter(search_rows::Column::Source.eq(HitSource::Transcript.as_str()))
        .filter(search_rows::Column::StartMs.gte(border))
        .order_by_asc(search_rows::Column::RowId)
        .all(tx.raw())
        .await?;
    rows::reconcile(tx, present, wanted).await
}

/// What a trim leaves of the segments.
fn untrimmed(
    update: &updates::Model,
    segments: Vec<transcript_segments::Model>,
) -> Result<Vec<transcript_segments::Model>, StoreError> {
    let Some((from, to)) = update.trim_start_ms.zip(update.trim_end_ms) else { return Ok(segments) };
    let mut kept = Vec::with_capacity(segments.len());
    for row in segments {
        let words = json::read("transcript_segments.words", &row.words)?;
        let whole = Span { start_ms: row.start_ms, end_ms: row.end_ms, text: row.text.clone(), words };
        if let Some(Span { start_ms, end_ms, text, .. }) = cut(&whole, from, to) {
            kept.push(transcript_segments::Model { start_ms, end_ms, text, ..row });
        }
    }
    Ok(kept)
}

async fn visible(tx: &Tx, id: UpdateId) -> Result<Option<updates::Model>, StoreError> {
    let found = updates::Entity::find_by_id(id.0).one(tx.raw()).await?;
    let published = PublishState::Published.as_str();
    Ok(found.filter(|update| update.deleted_at.is_none() && update.publish_state == published))
}

async fn rows_of_comment(tx: &Tx, id: CommentId) -> Result<Vec<search_rows::Model>, StoreError> {
    let query = search_rows::Entity::find().filter(search_rows::Column::CommentId.eq(id.0));
    Ok(query.all(tx.raw()).await?)
}

async fn segments_from(
    tx: &Tx,
    transcript: uuid::Uuid,
    from_ms: i64,
) -> Result<Vec<transcript_segments::Model>, StoreError> {
    let query = transcript_segments::Entity::find()
        .filter(transcript_segments::Column::TranscriptId.eq(transcript))
        .filter(transcript_segments::Column::StartMs.gte(from_ms))
        .order_by_asc(transcript_segments::Column::StartMs)
        .order_by_asc(transcript_segments::Column::Id);
    Ok(query.all(tx.raw()).await?)
}
