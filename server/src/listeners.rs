//! Whether those who listen to workspaces still may: asked for all open streams of this process at once, since a question
//! for each of thousands would be most of what the database does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use meridian_domain::ids::{SessionId, UserId, WorkspaceId};
use meridian_store::repo::{access, visibility};
use meridian_store::{Store, StoreError};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// How often, where anything was committed since.
const EVERY: Duration = Duration::from_secs(3);
/// How many are asked for in one statement.
const BATCH: usize = 500;

/// Who listens to what, and with what they came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listener {
    /// Who.
    pub(crate) user: UserId,
    /// Their session; `None` with an API token, whose stream lives for minutes only.
    pub(crate) session: Option<SessionId>,
    /// To which workspace.
    pub(crate) workspace: WorkspaceId,
}

/// The open streams of this process; cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listeners(Arc<Mutex<Open>>);

#[derive(Debug, Default)]
struct Open {
    last: u64,
    /// Whether one came since they were asked for: a right may have ended between its request and now.
    fresh: bool,
    streams: HashMap<u64, (Listener, CancellationToken)>,
}

/// An open stream; it is forgotten when this is dropped.
#[derive(Debug)]
pub(crate) struct Listening {
    listeners: Listeners,
    number: u64,
    /// Says that the right has ended.
    pub(crate) ended: CancellationToken,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.listeners.open(|open| open.streams.remove(&self.number));
    }
}

impl Listeners {
    fn open<T>(&self, act: impl FnOnce(&mut Open) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on this one's right is asked for.
    pub(crate) fn add(&self, listener: Listener) -> Listening {
        let ended = CancellationToken::new();
        let number = self.open(|open| {
            open.last = open.last.wrapping_add(1);
            open.fresh = true;
            open.streams.insert(open.last, (listener, ended.clone()));
            open.last
        });
        Listening { listeners: self.clone(), number, ended }
    }

    /// Asks again and again, until it is aborted; `commits` grows with whatever was committed.
    pub(crate) async fn watch(self, store: Store, commits: impl Fn() -> u64) {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut asked_at = commits();
        loop {
            ticks.tick().await;
            let now = commits();
            let fresh = self.open(|open| std::mem::take(&mut open.fresh));
            if now == asked_at && !fresh {
                continue;
            }
            match self.ask(&store).await {
                Ok(()) => asked_at = now,
                Err(error) => {
                    self.open(|open| open.fresh = true);
                    tracing::warn!(%error, "the rights of open streams cannot be read");
                }
            }
        }
    }

    /// Ends the streams of those who may not listen any more.
    async fn ask(&self, store: &Store) -> Result<(), StoreError> {
        let all: Vec<(Listener, CancellationToken)> =
            self.open(|open| open.streams.values().cloned().collect());
        let (conn, now_ms) = (store.reader(), store.clock().now_ms());
        for some in all.chunks(BATCH) {
            let sessions: Vec<SessionId> = some.iter().filter_map(|(who, _)| who.session).collect();
            let users: Vec<UserId> = some.iter().map(|(who, _)| who.user).collect();
            let sessions = access::active_sessions(conn, &sessions, now_ms).await?;
            let members = visibility::active_members(conn, &users).await?;
            for (who, ended) in some {
                let signed_in = who.session.is_none_or(|session| sessions.contains(&(session, who.user)));
                if !signed_in || !members.contains(&(who.user, who.workspace)) {
                    ended.cancel();
                }
            }
        }
        Ok(())
    }
}
