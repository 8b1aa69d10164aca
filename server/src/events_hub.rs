//! One reader of the event table a process: it looks whether anything was committed, reads what happened, asks who may
//! see it, and hands both to every open stream of this process.
//!
//! Who may see an event is read after the event, so whoever lost the right before it happened is not told. Streams that
//! fall behind read from the table again ([`Hub::subscribe`] tells them), so no event is lost and memory is bounded.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use meridian_domain::enums::EventKind;
use meridian_domain::ids::{AudienceId, UpdateId, UserId, WorkspaceId};
use meridian_store::repo::events::{self, Event};
use meridian_store::repo::visibility;
use meridian_store::{Conn, Store, StoreError, Watcher};
use serde_json::{Map, Value};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::listeners::{Listener, Listeners, Listening};

/// How often the table is looked at while somebody listens.
const EVERY: Duration = Duration::from_millis(50);
/// How often while nobody does; the first events of a new stream may come that much later.
const EVERY_UNHEARD: Duration = Duration::from_millis(500);
/// How long it waits after the database did not answer.
const AFTER_ERROR: Duration = Duration::from_secs(1);
/// How many events are read at once.
const BATCH: u64 = 200;
/// How many events a stream may be behind before it reads from the table.
const BEHIND: usize = 512;

/// Who may see an event.
#[derive(Clone, Debug)]
pub enum Receivers {
    /// These people.
    People(Arc<HashSet<UserId>>),
    /// One person.
    One(UserId),
    /// Nobody: there is neither an audience nor a person.
    Nobody,
}

impl Receivers {
    /// Whether somebody is among them.
    pub fn has(&self, user: UserId) -> bool {
        match self {
            Self::People(people) => people.contains(&user),
            Self::One(one) => *one == user,
            Self::Nobody => false,
        }
    }
}

/// An event, ready to be sent.
#[derive(Debug)]
pub struct Ready {
    /// Its number.
    pub seq: i64,
    /// What happened.
    pub kind: EventKind,
    /// In which workspace.
    pub workspace_id: WorkspaceId,
    /// About which update.
    pub update_id: Option<UpdateId>,
    /// Who may see it.
    pub receivers: Receivers,
    /// The frame as it goes over the wire; `None` when there is nothing to tell any more.
    pub frame: Option<Bytes>,
}

/// The events of this process; cheap to clone. The reader ends with its last clone.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    sender: broadcast::Sender<Arc<Ready>>,
    commits: watch::Sender<u64>,
    closed: CancellationToken,
    reader: JoinHandle<()>,
    listeners: Listeners,
    rights: JoinHandle<()>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.reader.abort();
        self.rights.abort();
    }
}

impl Hub {
    /// Begins to read.
    ///
    /// # Errors
    /// The database is away.
    pub async fn start(store: &Store) -> Result<Self, StoreError> {
        let (sender, _) = broadcast::channel(BEHIND);
        let commits = watch::Sender::new(0);
        let watcher = store.watcher().await?;
        let last = events::newest(store.reader()).await?;
        let reading = read(store.clone(), watcher, sender.clone(), commits.clone(), last);
        let reader = tokio::spawn(reading);
        let (listeners, count) = (Listeners::default(), commits.clone());
        let rights = tokio::spawn(listeners.clone().watch(store.clone(), move || *count.borrow()));
        let closed = CancellationToken::new();
        Ok(Self(Arc::new(Inner { sender, commits, closed, reader, listeners, rights })))
    }

    /// What happens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Ready>> {
        self.0.sender.subscribe()
    }

    /// Says when somebody who listens to a workspace may not any more.
    pub(crate) fn listening(&self, listener: Listener) -> Listening {
        self.0.listeners.add(listener)
    }

    /// A number that grows when anything was committed: as long as it stands, no right has changed.
    pub fn commits(&self) -> u64 {
        *self.0.commits.borrow()
    }

    /// Tells of each commit, for whoever waits for one.
    pub fn watch_commits(&self) -> watch::Receiver<u64> {
        self.0.commits.subscribe()
    }

    /// Ends every stream, so that the server can stop.
    pub fn close(&self) {
        self.0.closed.cancel();
    }

    /// Reads no more events.
    pub fn end(&self) {
        self.0.reader.abort();
    }

    /// Whether the server is to stop.
    pub fn is_closed(&self) -> bool {
        self.0.closed.is_cancelled()
    }

    /// Says when the streams have to end.
    pub fn closed(&self) -> CancellationToken {
        self.0.closed.clone()
    }
}

async fn read(
    store: Store,
    mut watcher: Watcher,
    sender: broadcast::Sender<Arc<Ready>>,
    commits: watch::Sender<u64>,
    mut last: i64,
) {
    loop {
        let heard = sender.receiver_count() + commits.receiver_count() > 0;
        tokio::time::sleep(if heard { EVERY } else { EVERY_UNHEARD }).await;
        match watcher.changed().await {
            Ok(false) => continue,
            Ok(true) => {
                commits.send_modify(|count| *count = count.wrapping_add(1));
            }
            Err(error) => {
                tracing::warn!(%error, "the event table cannot be watched");
                tokio::time::sleep(AFTER_ERROR).await;
                continue;
            }
        }
        // What fails is read again: nothing but an answer moves the number on.
        while let Err(error) = fan_out(&store, &sender, &mut last).await {
            tracing::warn!(%error, "events cannot be read");
            tokio::time::sleep(AFTER_ERROR).await;
        }
    }
}

async fn fan_out(
    store: &Store,
    sender: &broadcast::Sender<Arc<Ready>>,
    last: &mut i64,
) -> Result<(), StoreError> {
    loop {
        let found = events::after(store.reader(), *last, BATCH).await?;
        let Some(newest) = found.last().map(|event| event.seq) else { return Ok(()) };
        if sender.receiver_count() > 0 {
            for ready in prepare(store.reader(), found).await? {
                // Nobody listens any more: nothing is lost.
                drop(sender.send(Arc::new(ready)));
            }
        }
        *last = newest;
    }
}

/// Makes events ready to be sent; whoever may see them is asked now.
///
/// # Errors
/// The database is away.
pub async fn prepare(conn: &impl Conn, events: Vec<Event>) -> Result<Vec<Ready>, StoreError> {
    let mut audiences: HashMap<AudienceId, Arc<HashSet<UserId>>> = HashMap::new();
    let mut ready = Vec::with_capacity(events.len());
    for event in events {
        let receivers = match (event.audience_id, event.user_id) {
            (Some(id), _) => {
                let people = match audiences.get(&id) {
                    Some(people) => Arc::clone(people),
                    None => Arc::new(visibility::users_of(conn, id).await?.into_iter().collect()),
                };
                audiences.insert(id, Arc::clone(&people));
                Receivers::People(people)
            }
            (None, Some(user)) if visibility::is_member(conn, user, event.workspace_id).await? => {
                Receivers::One(user)
            }
            (None, _) => Receivers::Nobody,
        };
        let told = events::told_now(conn, &event).await?;
        ready.push(Ready {
            seq: event.seq,
            kind: event.kind,
            workspace_id: event.workspace_id,
            update_id: event.update_id,
            receivers,
            frame: told.map(|data| frame(&event, data)),
        });
    }
    Ok(ready)
}

/// `id`, `event` and `data`: the object's JSON with what every event has.
fn frame(event: &Event, data: Value) -> Bytes {
    let mut all = match data {
        Value::Object(all) => all,
        _ => Map::new(),
    };
    all.insert("type".to_owned(), event.kind.as_str().into());
    all.insert("at".to_owned(), event.at.to_string().into());
    all.insert("workspace_id".to_owned(), event.workspace_id.to_string().into());
    if let Some(update) = event.update_id {
        all.insert("update_id".to_owned(), update.to_string().into());
    }
    let data = Value::Object(all);
    Bytes::from(format!("id: {}\nevent: {}\ndata: {data}\n\n", event.seq, event.kind))
}
