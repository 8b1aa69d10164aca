//! Mail of the outbox: digests are decided on, what is due is put together, sent, tried again, given up.

mod compose;
mod digest;
mod round;
mod templates;
mod thread;
pub mod unsubscribe;

pub(crate) use compose::host;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use meridian_domain::enums::MailKind;
use meridian_store::StoreError;
use meridian_store::repo::mails::{self, Mail, Outcome};

use super::Looks;
use crate::error::ApiError;
use crate::mail::{Letter, MailError};
use crate::state::AppState;

/// How often it looks.
const EVERY: Duration = Duration::from_millis(500);
/// How long it waits after the database did not answer.
const AFTER_ERROR: Duration = Duration::from_secs(2);
/// How long to wait before each further attempt, in seconds of domain time.
const WAITS_S: [i64; 7] = [60, 300, 1_800, 3_600, 10_800, 21_600, 43_200];
/// How long settled mails are kept, in milliseconds.
const KEPT_MS: i64 = 60 * 86_400_000;
const MINUTE_MS: i64 = 60_000;

/// What stands between a planned mail and a sent one.
#[derive(Debug, thiserror::Error)]
pub enum TellError {
    /// The database is away.
    #[error("database")]
    Store(#[from] StoreError),
    /// A template does not fit what it is given.
    #[error("template")]
    Template(#[from] minijinja::Error),
    /// Anything that the API would answer 500 for.
    #[error("{0}")]
    Api(#[from] ApiError),
    /// An instant is out of range.
    #[error("an instant is out of range")]
    Time(#[from] jiff::Error),
}

/// What is to be done with a claimed mail.
enum Next {
    Send(Box<Letter>),
    /// There is nothing to say any more, or nobody to say it to.
    Skip,
    /// It is night there by now.
    Wait(Timestamp),
}

/// Runs until it is aborted.
pub async fn run(state: AppState) {
    let (mut minute, mut looks) = (None, Looks::default());
    loop {
        tokio::time::sleep(EVERY).await;
        let now = state.clock().now_ms().div_euclid(MINUTE_MS);
        // Whoever's digest is due was so since a full minute.
        let plan = minute != Some(now);
        let commits = state.events.commits();
        if !plan && looks.is_idle(commits) {
            continue;
        }
        match once(&state, plan).await {
            Ok(_) => {
                minute = Some(now);
                looks.done(commits);
            }
            Err(error) => {
                tracing::warn!(%error, "mail could not be told");
                tokio::time::sleep(AFTER_ERROR).await;
            }
        }
    }
}

/// Decides on digests (where `plan`) and sends what is due, once; answers how many mails were sent.
///
/// # Errors
/// The database is away.
pub async fn once(state: &AppState, plan: bool) -> Result<usize, TellError> {
    if plan {
        digest::plan(state).await?;
        let tx = state.store.write().await?;
        mails::prune(&tx, state.clock().now_ms().saturating_sub(KEPT_MS)).await?;
        tx.commit().await?;
    }
    let mut sent = 0;
    while let Some(mail) = mails::claim(&state.store).await? {
        let outcome = handle(state, &mail).await?;
        sent += usize::from(matches!(outcome, Outcome::Sent));
        let tx = state.store.write().await?;
        mails::settle(&tx, &mail, &outcome).await?;
        tx.commit().await?;
    }
    Ok(sent)
}

async fn handle(state: &AppState, mail: &Mail) -> Result<Outcome, TellError> {
    let next = match mail.kind {
        MailKind::Thread => thread::next(state, mail).await?,
        MailKind::Round => round::next(state, mail).await?,
        MailKind::Digest => digest::next(state, mail).await?,
    };
    Ok(match next {
        Next::Skip => Outcome::Skipped,
        Next::Wait(until) => Outcome::Retry(until, String::new()),
        Next::Send(letter) => match state.mailer.send_letter(*letter).await {
            Ok(()) => Outcome::Sent,
            Err(error) => failed(state.clock().now(), mail, &error),
        },
    })
}

fn failed(now: Timestamp, mail: &Mail, error: &MailError) -> Outcome {
    let words = error.words();
    tracing::warn!(id = %mail.id, attempt = mail.attempt, error = words, "a mail could not be sent");
    let tries = usize::try_from(mail.attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let wait = WAITS_S.get(tries).copied().filter(|_| !error.is_permanent());
    match wait.and_then(|wait| now.checked_add(SignedDuration::from_secs(wait)).ok()) {
        Some(at) => Outcome::Retry(at, words),
        None => Outcome::Dead(words),
    }
}
