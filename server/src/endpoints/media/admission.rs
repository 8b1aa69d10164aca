//! Whether a ticket's viewer may see its update now.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use meridian_domain::ids::UpdateId;
use meridian_store::repo::media::{Object, Segment};
use meridian_store::repo::updates::RowUpdate;
use meridian_store::repo::{share_links, updates};

use super::ticket::{Ticket, Viewer};
use super::wanted::Wanted;
use crate::error::ApiError;
use crate::state::AppState;

/// How long an answer to "may they see it" is believed for segments; api.md allows 10 s.
const BELIEVED_FOR: Duration = Duration::from_secs(5);
/// Entries of each memory; beyond, it starts anew.
const MOST_ENTRIES: usize = 8_000;

/// An object that a name was found to mean. Names of segments never change their meaning.
#[derive(Clone, Debug)]
pub(super) enum Located {
    /// Init bytes.
    Init(Object),
    /// A segment, with its place on the time line.
    Segment(Segment),
}

/// What a ticket's viewer sees.
#[derive(Debug)]
pub(super) struct Admitted {
    /// The update.
    pub(super) row: RowUpdate,
    /// Whether they may have the whole as a file.
    pub(super) download: bool,
}

/// What was asked a moment ago, in one thread of the server. Nothing here has to survive or be shared.
#[derive(Debug, Default)]
pub(super) struct Admissions {
    seen: Mutex<HashMap<Ticket, (Instant, Arc<Admitted>)>>,
    located: Mutex<HashMap<(UpdateId, Wanted), Located>>,
}

impl Admissions {
    /// The update of a ticket, if its viewer sees it; a remembered answer will do.
    pub(super) async fn recent(&self, state: &AppState, ticket: Ticket) -> Result<Arc<Admitted>, ApiError> {
        let known = self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(&ticket).cloned();
        match known {
            Some((at, admitted)) if at.elapsed() < BELIEVED_FOR => Ok(admitted),
            _ => self.fresh(state, ticket).await,
        }
    }

    /// The same, asked now.
    pub(super) async fn fresh(&self, state: &AppState, ticket: Ticket) -> Result<Arc<Admitted>, ApiError> {
        let asked = ask(state, ticket).await;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match asked {
            Ok(admitted) => {
                let admitted = Arc::new(admitted);
                if seen.len() >= MOST_ENTRIES {
                    seen.clear();
                }
                seen.insert(ticket, (Instant::now(), Arc::clone(&admitted)));
                Ok(admitted)
            }
            Err(error) => {
                seen.remove(&ticket);
                Err(error)
            }
        }
    }

    /// What a name was found to mean earlier.
    pub(super) fn located(&self, update: UpdateId, wanted: &Wanted) -> Option<Located> {
        let located = self.located.lock().unwrap_or_else(PoisonError::into_inner);
        located.get(&(update, wanted.clone())).cloned()
    }

    /// Remembers what a name means.
    pub(super) fn locate(&self, update: UpdateId, wanted: Wanted, found: Located) {
        let mut located = self.located.lock().unwrap_or_else(PoisonError::into_inner);
        if located.len() >= MOST_ENTRIES {
            located.clear();
        }
        located.insert((update, wanted), found);
    }
}

async fn ask(state: &AppState, ticket: Ticket) -> Result<Admitted, ApiError> {
    let reader = state.store.reader();
    let now_ms = state.clock().now_ms();
    let (user, credential) = match ticket.viewer {
        Viewer::Person(user, credential) => (user, credential),
        Viewer::Guest(link, version) => {
            let found = share_links::open(reader, link, now_ms).await?;
            let found =
                found.filter(|(link, row)| link.password_version == version && row.id == ticket.update);
            let (link, row) = found.ok_or_else(ApiError::not_found)?;
            return Ok(Admitted { row, download: link.allow_download });
        }
    };
    if !credential.is_active(state, user).await? {
        return Err(ApiError::not_found());
    }
    let row = updates::find_visible(reader, user, ticket.update).await?.ok_or_else(ApiError::not_found)?;
    Ok(Admitted { row, download: true })
}
