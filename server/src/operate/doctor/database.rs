//! The database answers, keeps what it commits, and has every migration.

use meridian_config::Settings;
use meridian_store::repo::jobs::database_now_ms;

use super::{Check, chain, clock};
use crate::operate::open_store;

pub(super) async fn check(settings: &Settings) -> Vec<Check> {
    let store = match open_store(settings).await {
        Ok(store) => store,
        Err(error) => {
            let fix =
                "look at MERIDIAN_DATABASE_URL, and whether the database server runs and lets this user in";
            return vec![Check::fail("database", chain(&error), fix)];
        }
    };
    let mut checks = vec![Check::ok("database", "it answers, and a commit is on the disk when it is told")];
    checks.push(match store.pending_migrations().await {
        Ok(pending) if pending.is_empty() => Check::ok("migrations", "all are there"),
        Ok(pending) => Check::warn(
            "migrations",
            format!("missing: {}", pending.join(", ")),
            "`meridian-server migrate`, or start the server: it runs them",
        ),
        Err(error) => Check::fail("migrations", chain(&error), "look at the database"),
    });
    match database_now_ms(store.reader()).await {
        Ok(theirs_ms) => checks.push(clock("database clock", theirs_ms)),
        Err(error) => checks.push(Check::fail("database clock", chain(&error), "look at the database")),
    }
    checks
}
