//! Real servers for tests: PostgreSQL from Debian and SeaweedFS (S3) from the Python package, each on free ports of
//! loopback, in a folder of its own that goes away with it. One of each a test process.
//!
//! Where a program is missing the test that needs it says so and does nothing; `MERIDIAN_TEST_ALL=1`
//! (`scripts/test.sh` sets it, after installing both) makes that a failure.
#![warn(missing_docs)]

use std::path::Path;
use std::process::Command;

mod held;
mod postgres;
mod seaweed;

pub use postgres::{Postgres, postgres};
pub use seaweed::{Seaweed, seaweed};

/// The address of the folder's database: a file in it, or, where `MERIDIAN_TEST_DATABASE=postgres`, one of PostgreSQL
/// (a new one for each folder). So the same tests run on both.
///
/// # Panics
/// PostgreSQL is asked for and is not there.
#[expect(clippy::expect_used, reason = "this crate is for tests")]
pub fn database(folder: &Path) -> String {
    match std::env::var("MERIDIAN_TEST_DATABASE").as_deref() {
        Ok("postgres") => {
            let known = folder.join("database.url");
            std::fs::read_to_string(&known).unwrap_or_else(|_| {
                let url = postgres().expect("PostgreSQL is installed").database();
                std::fs::write(known, &url).expect("a file");
                url
            })
        }
        _ => format!("sqlite://{}", folder.join("meridian.db").display()),
    }
}

/// Runs a statement behind the back of whoever uses the database, and tells the first column of its rows.
///
/// # Panics
/// It is refused.
#[expect(clippy::expect_used, reason = "this crate is for tests")]
pub fn sql(url: &str, statement: &str) -> String {
    let Some(file) = url.strip_prefix("sqlite://") else {
        let name = url.rsplit('/').next().unwrap_or_default();
        return postgres().expect("PostgreSQL is installed").sql(name, statement);
    };
    let script = "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], timeout=20)\n\
        print('\\n'.join(str(r[0]) for r in c.execute(sys.argv[2]).fetchall()))\nc.commit()";
    let done = Command::new("python3").args(["-c", script, file, statement]).output().expect("python3");
    assert!(done.status.success(), "{statement}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

/// Everything that a database keeps, to look for what must not be there.
///
/// # Panics
/// It cannot be read.
#[expect(clippy::expect_used, reason = "this crate is for tests")]
pub fn kept(url: &str) -> Vec<u8> {
    let Some(file) = url.strip_prefix("sqlite://") else {
        let name = url.rsplit('/').next().unwrap_or_default();
        return postgres().expect("PostgreSQL is installed").dump(name);
    };
    let mut kept = std::fs::read(file).expect("a database");
    kept.extend(std::fs::read(format!("{file}-wal")).unwrap_or_default());
    kept
}

/// Says that a program is missing; a failure where everything has to be tried.
#[expect(clippy::print_stderr, reason = "this crate is for tests")]
fn missing(what: &str) {
    assert!(std::env::var_os("MERIDIAN_TEST_ALL").is_none(), "{what} is missing");
    eprintln!("SKIPPED: {what} is missing; scripts/test.sh installs it");
}
