//! How often signing in and the like may fail. Counted by account and by network address (never by port), in the
//! database, so that all servers of an instance count together; where it cannot be counted, the request is refused.

use meridian_store::Store;
use meridian_store::repo::attempts;

use super::keys::Keys;
use crate::error::{ApiError, ApiResult};

/// Failures are forgotten after this time, in milliseconds: 15 minutes.
const WINDOW_MS: i64 = 15 * 60 * 1000;

/// Failures by key. What stands in the database is a hash of the key: keys hold addresses.
#[derive(Clone, Copy)]
pub struct Failures<'a> {
    /// Where they are counted.
    pub(crate) store: &'a Store,
    /// For the hash.
    pub(crate) keys: &'a Keys,
}

impl Failures<'_> {
    /// Refuses when a key has failed `most` times within 15 minutes.
    ///
    /// # Errors
    /// 429 with the time to wait; 500 where the database does not answer.
    pub async fn check(&self, key: &str, most: u32) -> ApiResult<()> {
        let found = attempts::failed(self.store.reader(), &self.keys.hash_token(key), WINDOW_MS).await?;
        if found.failures < i64::from(most) {
            return Ok(());
        }
        let seconds = found.forgotten_in_ms.max(0).unsigned_abs().div_ceil(1000);
        Err(ApiError::too_many(seconds))
    }

    /// Counts a failure. The caller holds no transaction: there is one writer.
    ///
    /// # Errors
    /// 500 where it cannot be counted.
    pub async fn count(&self, key: &str) -> ApiResult<()> {
        let tx = self.store.write_beside().await?;
        attempts::count(&tx, &self.keys.hash_token(key), WINDOW_MS).await?;
        Ok(tx.commit().await?)
    }

    /// Forgets a key's failures.
    ///
    /// # Errors
    /// 500 where the database does not answer.
    pub async fn clear(&self, key: &str) -> ApiResult<()> {
        let hash = self.keys.hash_token(key);
        if attempts::failed(self.store.reader(), &hash, WINDOW_MS).await?.failures == 0 {
            return Ok(());
        }
        let tx = self.store.write_beside().await?;
        attempts::clear(&tx, &hash).await?;
        Ok(tx.commit().await?)
    }
}
