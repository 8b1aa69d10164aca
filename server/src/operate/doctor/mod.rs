//! Looks at everything that an instance needs, and says what to do about what is wrong.

mod around;
mod cors;
mod database;
mod objects;
mod worker;

use std::time::Duration;

use clap::Args;
use meridian_config::Settings;
use serde::Serialize;

use crate::error::chain;
use crate::http::outgoing;

/// How long a check may take before it counts as failed.
const PATIENCE: Duration = Duration::from_mins(1);
/// A clock that is off by more than this is told.
const SKEW_MS: i64 = 2_000;

/// `meridian-server doctor`.
#[derive(Clone, Debug, Args)]
pub struct DoctorArgs {
    /// Puts right what it can: the rules of an S3 bucket for pages of other origins (CORS).
    #[arg(long)]
    pub fix: bool,
    /// Prints JSON.
    #[arg(long)]
    pub json: bool,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing to do.
    Ok,
    /// It works, and something is worth knowing.
    Warn,
    /// It does not work.
    Fail,
}

/// One check.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// What came of it.
    pub outcome: Outcome,
    /// What was found.
    pub found: String,
    /// What to do.
    pub fix: Option<String>,
}

impl Check {
    fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, outcome: Outcome::Ok, found: found.into(), fix: None }
    }

    fn warn(name: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { name, outcome: Outcome::Warn, found: found.into(), fix: Some(fix.into()) }
    }

    fn fail(name: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { name, outcome: Outcome::Fail, found: found.into(), fix: Some(fix.into()) }
    }
}

/// All checks.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// In the order in which they were made.
    pub checks: Vec<Check>,
}

impl Report {
    /// Whether nothing failed.
    pub fn well(&self) -> bool {
        self.checks.iter().all(|check| check.outcome != Outcome::Fail)
    }

    /// For people.
    pub fn words(&self) -> String {
        let mut lines = Vec::new();
        for check in &self.checks {
            let mark = match check.outcome {
                Outcome::Ok => "ok  ",
                Outcome::Warn => "WARN",
                Outcome::Fail => "FAIL",
            };
            lines.push(format!("{mark}  {:<16} {}", check.name, check.found));
            lines.extend(check.fix.as_ref().map(|fix| format!("      {:<16} -> {fix}", "")));
        }
        let count = |outcome| self.checks.iter().filter(|check| check.outcome == outcome).count();
        lines.push(format!("{} failed, {} to know of.", count(Outcome::Fail), count(Outcome::Warn)));
        lines.join("\n")
    }
}

/// Makes all checks, one after the other.
pub async fn look_over(settings: &Settings, args: &DoctorArgs) -> Report {
    let mut checks = Vec::new();
    within(&mut checks, "database", database::check(settings)).await;
    within(&mut checks, "object store", objects::check(settings)).await;
    within(&mut checks, "redirect", cors::check(settings, args.fix)).await;
    checks.extend(around::public_url(settings));
    within(&mut checks, "reachable", around::reachable(settings)).await;
    within(&mut checks, "mail", around::mail(settings)).await;
    within(&mut checks, "worker", worker::check(settings)).await;
    checks.push(around::disk(settings));
    Report { checks }
}

/// A check that does not come to an end is one that failed.
async fn within(checks: &mut Vec<Check>, name: &'static str, check: impl Future<Output = Vec<Check>>) {
    match tokio::time::timeout(PATIENCE, check).await {
        Ok(made) => checks.extend(made),
        Err(_late) => {
            let found = format!("no answer within {} s", PATIENCE.as_secs());
            checks.push(Check::fail(name, found, "look whether it runs and can be reached from here"));
        }
    }
}

/// A client for looking at oneself from outside.
fn client() -> reqwest::Result<reqwest::Client> {
    outgoing::client().timeout(Duration::from_secs(10)).build()
}

/// Whether another clock runs as this machine's does.
fn clock(name: &'static str, theirs_ms: i64) -> Check {
    let skew_ms = theirs_ms - meridian_domain::clock::Clock::system().now_ms();
    let found = format!("{skew_ms} ms before this machine's clock");
    if skew_ms.abs() > SKEW_MS {
        return Check::warn(name, found, "let both machines keep time by NTP");
    }
    Check::ok(name, found)
}
