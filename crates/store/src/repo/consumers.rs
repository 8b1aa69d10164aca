//! Who makes something of the events, and how far: a row a consumer. Moving it on is a compare-and-set in the
//! transaction that does the work, so each event is worked on once, by how many servers ever.

use meridian_domain::enums::EventKind;
use sea_orm::EntityTrait;

use super::events::{self, Event};
use super::jobs::execute;
use crate::entity::consumers;
use crate::{Store, StoreError, Tx};

/// How many events one transaction works on.
const BATCH: u64 = 50;

/// One process's view of a consumer.
#[derive(Debug)]
pub struct Consumer {
    name: &'static str,
    kinds: Vec<EventKind>,
    /// Up to here nothing of these kinds was found: remembered, so that looking is cheap and writes nothing.
    looked_to: i64,
}

/// Events to work on, and the transaction to do it in; the consumer's row was moved on in it.
pub(crate) struct Batch {
    pub(crate) tx: Tx,
    pub(crate) events: Vec<Event>,
}

impl Consumer {
    /// A consumer whose row a migration has made.
    pub fn new(name: &'static str, kinds: &[EventKind]) -> Self {
        Self { name, kinds: kinds.to_vec(), looked_to: 0 }
    }

    /// The next events; `None` when there are none, or another server has just taken them.
    pub(crate) async fn next(&mut self, store: &Store) -> Result<Option<Batch>, StoreError> {
        let reader = store.reader();
        let newest = events::newest(reader).await?;
        if newest <= self.looked_to {
            return Ok(None);
        }
        let found = consumers::Entity::find_by_id(self.name).one(crate::Conn::raw(reader)).await?;
        let Some(row) = found else {
            return Err(StoreError::Setup(format!("the consumer {} has no row", self.name)));
        };
        let events = events::after_of_kinds(reader, row.seq.max(self.looked_to), &self.kinds, BATCH).await?;
        let Some(last) = events.last().map(|event| event.seq) else {
            self.looked_to = newest;
            return Ok(None);
        };
        let tx = store.write().await?;
        let sql = "UPDATE consumers SET seq = ? WHERE name = ? AND seq = ?";
        if execute(&tx, sql, [last.into(), self.name.into(), row.seq.into()]).await? == 0 {
            tx.rollback().await?;
            return Ok(None);
        }
        Ok(Some(Batch { tx, events }))
    }
}
