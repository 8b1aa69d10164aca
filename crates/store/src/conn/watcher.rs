//! Tells when anything was committed, by any process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sea_orm::sqlx::postgres::PgListener;
use tokio::task::JoinHandle;

use super::postgres::CHANNEL;
use super::{Reader, StoreError};
use crate::repo;

/// At the latest after this time PostgreSQL is asked, even if it told nothing.
const POLL: Duration = Duration::from_secs(1);

/// See [`super::Store::watcher`].
#[derive(Debug)]
pub struct Watcher(Kind);

#[derive(Debug)]
enum Kind {
    /// A connection of its own, and the count that it saw last.
    Sqlite { reader: Reader, seen: i64 },
    /// What a listening task noticed since it was asked last.
    Postgres { news: Arc<AtomicBool>, listening: JoinHandle<()> },
}

impl Watcher {
    pub(super) fn sqlite(reader: Reader) -> Self {
        Self(Kind::Sqlite { reader, seen: 0 })
    }

    pub(super) fn postgres(url: Arc<str>) -> Self {
        let news = Arc::new(AtomicBool::new(true));
        let listening = tokio::spawn(listen(url, Arc::clone(&news)));
        Self(Kind::Postgres { news, listening })
    }

    /// Whether anything was committed since the last call; the first call says yes.
    pub async fn changed(&mut self) -> Result<bool, StoreError> {
        match &mut self.0 {
            Kind::Sqlite { reader, seen } => {
                let version = repo::scalar_i64(reader, "PRAGMA data_version").await?;
                let changed = version != *seen;
                *seen = version;
                Ok(changed)
            }
            Kind::Postgres { news, .. } => Ok(news.swap(false, Ordering::AcqRel)),
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        if let Kind::Postgres { listening, .. } = &self.0 {
            listening.abort();
        }
    }
}

/// Listens for ever; while the server cannot be reached everything counts as news, so that whoever asks finds out.
async fn listen(url: Arc<str>, news: Arc<AtomicBool>) {
    loop {
        match listener(&url).await {
            Ok(mut listener) => loop {
                // What was committed while nobody listened is news too.
                news.store(true, Ordering::Release);
                match tokio::time::timeout(POLL, listener.try_recv()).await {
                    Err(_) | Ok(Ok(Some(_))) => {}
                    // The connection was lost.
                    Ok(Ok(None) | Err(_)) => break,
                }
            },
            Err(error) => tracing::warn!(%error, "the database cannot be listened to"),
        }
        news.store(true, Ordering::Release);
        tokio::time::sleep(POLL).await;
    }
}

async fn listener(url: &str) -> Result<PgListener, sea_orm::sqlx::Error> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}
