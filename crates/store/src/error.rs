//! What can go wrong in the database. A repository answers `Ok(None)` for "not there (for this viewer)".

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or is away.
    #[error("database")]
    Db(#[from] sea_orm::DbErr),
    /// A JSON column does not hold what it should.
    #[error("column {column} holds no valid JSON")]
    Json {
        /// Which column.
        column: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A text column holds a word that its enum does not have.
    #[error(transparent)]
    Word(#[from] meridian_domain::enums::UnknownWord),
    /// An instant is out of range.
    #[error("an instant is out of range")]
    Instant(#[from] jiff::Error),
    /// A compare-and-set found another value: somebody was faster.
    #[error("somebody else was faster: {what}")]
    Conflict {
        /// What was contended.
        what: &'static str,
    },
    /// What was asked for is refused; nothing has changed.
    #[error("{0}")]
    Refused(String),
    /// The database's settings are not what durability needs.
    #[error("the database is not set up as needed: {0}")]
    Setup(String),
}

impl StoreError {
    /// Whether the database could not write for want of room; the transaction was taken back.
    pub fn is_disk_full(&self) -> bool {
        let Self::Db(error) = self else { return false };
        let text = error.to_string();
        text.contains("database or disk is full") || text.contains("No space left on device")
    }

    /// Whether the database is away for a moment, or somebody else was in the way for too long: the same may work soon.
    /// Nothing was committed, unless the answer to the commit itself was lost.
    pub fn is_passing(&self) -> bool {
        const SIGNS: [&str; 12] = [
            "pool timed out",
            "Connection pool timed out",
            "error communicating with database",
            "Connection refused",
            "terminating connection",
            "the database system is",
            "canceling statement due to lock timeout",
            "deadlock detected",
            "unexpected EOF",
            "database is locked",
            "too many clients already",
            "remaining connection slots are reserved",
        ];
        let Self::Db(error) = self else { return false };
        if matches!(error, sea_orm::DbErr::ConnectionAcquire(_) | sea_orm::DbErr::Conn(_)) {
            return true;
        }
        let text = error.to_string();
        SIGNS.iter().any(|sign| text.contains(sign))
    }

    /// Whether the database says that a unique index has the value already.
    pub fn is_unique_violation(&self) -> bool {
        match self {
            Self::Db(error) => {
                matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
            }
            _ => false,
        }
    }
}
