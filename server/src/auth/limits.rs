//! How often signing in may fail. Counted by account and by network address (never by port), in this process; a
//! count that cannot be kept refuses.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::error::{ApiError, ApiResult};

/// Failures are forgotten after this time.
const WINDOW: Duration = Duration::from_mins(15);
/// The most keys that are kept; beyond it the table is cleared of old ones, and full it refuses.
const MAX_KEYS: usize = 50_000;

/// Failures by key.
#[derive(Default)]
pub struct Failures(Mutex<HashMap<String, (Instant, u32)>>);

impl Failures {
    /// Refuses when a key has failed `most` times in the last 15 minutes.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub fn check(&self, key: &str, most: u32) -> ApiResult<()> {
        let table = self.0.lock().ok().ok_or_else(|| ApiError::too_many(60))?;
        match table.get(key) {
            Some((since, count)) if *count >= most && since.elapsed() < WINDOW => {
                Err(ApiError::too_many(WINDOW.saturating_sub(since.elapsed()).as_secs()))
            }
            _ => Ok(()),
        }
    }

    /// Counts a failure.
    ///
    /// # Errors
    /// 429 where it cannot be counted.
    pub fn count(&self, key: &str) -> ApiResult<()> {
        let mut table = self.0.lock().ok().ok_or_else(|| ApiError::too_many(60))?;
        if table.len() >= MAX_KEYS {
            table.retain(|_, (since, _)| since.elapsed() < WINDOW);
            if table.len() >= MAX_KEYS {
                return Err(ApiError::too_many(60));
            }
        }
        let entry = table.entry(key.to_owned()).or_insert((Instant::now(), 0));
        if entry.0.elapsed() >= WINDOW {
            *entry = (Instant::now(), 0);
        }
        entry.1 = entry.1.saturating_add(1);
        Ok(())
    }

    /// Forgets a key's failures.
    pub fn clear(&self, key: &str) {
        if let Ok(mut table) = self.0.lock() {
            table.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_holds_per_key_and_is_cleared_by_success() {
        let failures = Failures::default();
        for _ in 0..3 {
            failures.check("a", 3).unwrap();
            failures.count("a").unwrap();
        }
        assert!(failures.check("a", 3).is_err());
        failures.check("b", 3).unwrap();
        failures.clear("a");
        failures.check("a", 3).unwrap();
    }
}
