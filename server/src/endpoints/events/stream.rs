//! One open stream: what was missed from the table, then what happens, until the right or the credential ends.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use futures::Stream;
use meridian_domain::enums::EventKind;
use meridian_domain::ids::{UpdateId, WorkspaceId};
use meridian_store::repo::{access, events, updates};
use serde_json::json;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Instant, Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::LastEventId;
use crate::auth::Auth;
use crate::error::ApiResult;
use crate::events_hub::{self, Ready, Receivers};
use crate::listeners::{Listener, Listening};
use crate::state::AppState;

/// How often the right is asked for again, where anything was committed since.
const CHECK_EVERY: Duration = Duration::from_secs(3);
/// After how many checks a comment line is sent: 15 seconds.
const CHECKS_PER_COMMENT: u32 = 5;
/// How long a stream with an API token lives; the client connects again, and a revoked token does not.
const TOKEN_STREAM_S: i64 = 15 * 60;
/// How many missed events are read at once.
const BATCH: u64 = 100;

/// What a stream is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Everything in a workspace that the viewer sees, but progress and segments.
    Workspace(WorkspaceId),
    /// Everything about one update.
    Update(UpdateId),
}

/// See the module.
pub(super) struct EventStream {
    state: AppState,
    auth: Auth,
    scope: Scope,
    live: broadcast::Receiver<Arc<Ready>>,
    /// The last event that was looked at.
    last: i64,
    /// Whether events may stand in the table that did not come, or were lost, on `live`.
    behind: bool,
    queue: VecDeque<Bytes>,
    /// Of a workspace: says that the right to it has ended.
    listening: Option<Listening>,
    checks: Interval,
    checks_done: u32,
    commits: u64,
    expires: Instant,
    closed: CancellationToken,
    ended: bool,
}

impl EventStream {
    /// Begins after the last event that the client has, or now.
    ///
    /// # Errors
    /// The database is away.
    pub(super) async fn begin(
        state: AppState,
        auth: Auth,
        scope: Scope,
        after: LastEventId,
    ) -> ApiResult<Self> {
        // Subscribe first: what is committed from here on comes on `live`.
        let live = state.events.subscribe();
        let commits = state.events.commits();
        let listening = match scope {
            Scope::Workspace(workspace) => {
                let (user, session) = (auth.user, auth.session);
                Some(state.events.listening(Listener { user, session, workspace }))
            }
            Scope::Update(_) => None,
        };
        let conn = state.store.reader();
        let newest = events::newest(conn).await?;
        let mut queue = VecDeque::from([Bytes::from_static(b": connected\n\n")]);
        let last = match after.0 {
            None => newest,
            Some(known) if known > newest || known < events::oldest(conn).await?.saturating_sub(1) => {
                let data = json!({"type": "reset", "at": state.clock().now()});
                queue.push_back(Bytes::from(format!("id: {newest}\nevent: reset\ndata: {data}\n\n")));
                newest
            }
            Some(known) => known,
        };
        let mut checks = tokio::time::interval_at(Instant::now() + CHECK_EVERY, CHECK_EVERY);
        checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let closed = state.events.closed();
        let expires = Instant::now() + time_left(&state, &auth);
        let behind = last < newest;
        Ok(Self {
            state,
            auth,
            scope,
            live,
            last,
            behind,
            queue,
            listening,
            checks,
            checks_done: 0,
            commits,
            expires,
            closed,
            ended: false,
        })
    }

    /// The frames.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<Bytes, actix_web::Error>> {
        futures::stream::unfold(self, |mut this| async move {
            let frame = this.next().await?;
            Some((Ok(frame), this))
        })
    }

    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(frame) = self.queue.pop_front() {
                return Some(frame);
            }
            if self.ended {
                return None;
            }
            let step = if self.behind { self.catch_up().await } else { self.wait().await };
            if let Err(error) = step {
                tracing::warn!(%error, "an event stream ends");
                return None;
            }
        }
    }

    async fn wait(&mut self) -> ApiResult<()> {
        let listening = &self.listening;
        let right_ended = async {
            match listening {
                Some(listening) => listening.ended.cancelled().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = right_ended => self.ended = true,
            () = self.closed.cancelled() => self.ended = true,
            () = tokio::time::sleep_until(self.expires) => self.ended = true,
            received = self.live.recv() => match received {
                Ok(event) if event.seq > self.last => {
                    self.last = event.seq;
                    self.look_at(&event);
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => self.ended = true,
            },
            _ = self.checks.tick() => self.check().await?,
        }
        Ok(())
    }

    /// Reads a batch of what was missed.
    async fn catch_up(&mut self) -> ApiResult<()> {
        let conn = self.state.store.reader();
        let missed = events::after(conn, self.last, BATCH).await?;
        let Some(newest) = missed.last().map(|event| event.seq) else {
            self.behind = false;
            return Ok(());
        };
        let mine = missed.into_iter().filter(|event| match self.scope {
            Scope::Workspace(id) => event.workspace_id == id,
            Scope::Update(id) => event.update_id == Some(id),
        });
        for event in events_hub::prepare(conn, mine.collect()).await? {
            self.look_at(&event);
        }
        self.last = newest;
        Ok(())
    }

    /// Queues an event that is for this stream and its viewer.
    fn look_at(&mut self, event: &Ready) {
        if self.ended || self.time_is_up() {
            self.ended = true;
            return;
        }
        let mine = match self.scope {
            Scope::Workspace(id) => event.workspace_id == id && !event.kind.own_stream_only(),
            Scope::Update(id) => event.update_id == Some(id),
        };
        if !mine {
            return;
        }
        if event.receivers.has(self.auth.user) {
            self.queue.extend(event.frame.clone());
            self.ended = matches!(self.scope, Scope::Update(_)) && event.kind == EventKind::UpdateDeleted;
        } else if matches!((self.scope, &event.receivers), (Scope::Update(_), Receivers::People(_))) {
            // Who sees the update is in its audience: the right is lost.
            self.ended = true;
        }
    }

    fn time_is_up(&self) -> bool {
        self.auth.ends_at_s.is_some_and(|end| end.saturating_mul(1000) <= self.state.clock().now_ms())
    }

    /// Asks for the right to an update again, and shows every 15 seconds that the stream lives.
    async fn check(&mut self) -> ApiResult<()> {
        let commits = self.state.events.commits();
        if self.time_is_up() || (commits != self.commits && !self.may_go_on().await?) {
            self.ended = true;
            return Ok(());
        }
        self.commits = commits;
        self.checks_done += 1;
        if self.checks_done >= CHECKS_PER_COMMENT {
            self.checks_done = 0;
            self.queue.push_back(Bytes::from_static(b": here\n\n"));
        }
        Ok(())
    }

    async fn may_go_on(&self) -> ApiResult<bool> {
        // That to a workspace is asked for together with all others'.
        let Scope::Update(update) = self.scope else { return Ok(true) };
        let conn = self.state.store.reader();
        let user = self.auth.user;
        let signed_in = match self.auth.session {
            Some(session) => {
                access::session_is_active(conn, session, user, self.state.clock().now_ms()).await?
            }
            None => access::user_is_active(conn, user).await?,
        };
        Ok(signed_in && updates::find_visible(conn, user, update).await?.is_some())
    }
}

/// How long the credential goes on, at most.
fn time_left(state: &AppState, auth: &Auth) -> Duration {
    let now_ms = state.clock().now_ms();
    let most = now_ms.div_euclid(1000).saturating_add(TOKEN_STREAM_S);
    let end_s = match (auth.session, auth.ends_at_s) {
        (None, Some(end)) => end.min(most),
        (None, None) => most,
        (Some(_), end) => end.unwrap_or(most),
    };
    Duration::from_millis(u64::try_from(end_s.saturating_mul(1000).saturating_sub(now_ms)).unwrap_or(0))
}
