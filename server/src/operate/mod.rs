//! What whoever runs the instance does with it: keep a copy, put one back, move it, look it over.

mod backup;
mod doctor;
mod error;
mod format;
mod migrate_data;
mod objects;
mod open;
mod restore;
mod rows;
mod scrub;

use std::process::ExitCode;

use clap::Subcommand;
use meridian_config::Settings;
use serde::Serialize;

pub use backup::{BackedUp, BackupArgs, back_up};
pub use doctor::{Check, DoctorArgs, Outcome, Report, look_over};
pub use error::OperateError;
pub use migrate_data::{MigrateDataArgs, Moved, move_data};
pub use open::{open_blobs, open_store};
pub use restore::{RestoreArgs, Restored, put_back};
pub use scrub::{ScrubArgs, Scrubbed, look_for_damage};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Operate {
    /// Copies the database and all objects into a folder, while the server runs.
    Backup(BackupArgs),
    /// Puts a backup back, into an empty instance or in place of one.
    Restore(RestoreArgs),
    /// Moves the instance to another database and object store.
    MigrateData(MigrateDataArgs),
    /// Looks at everything that the instance needs, and says what to do.
    Doctor(DoctorArgs),
    /// Finds objects that are missing or damaged, and such that nothing names.
    Scrub(ScrubArgs),
}

/// Runs a command. Its result goes to the standard output; the exit code is 1 where something is wrong.
///
/// # Errors
/// What stopped it.
pub async fn run(settings: &Settings, command: &Operate) -> Result<ExitCode, OperateError> {
    let well = match command {
        Operate::Backup(args) => {
            let done = back_up(settings, args).await?;
            tell(args.json, &done, &done.words());
            done.lost.is_empty()
        }
        Operate::Restore(args) => {
            let done = put_back(settings, args).await?;
            tell(args.json, &done, &done.words());
            true
        }
        Operate::MigrateData(args) => {
            let done = move_data(settings, args).await?;
            tell(args.json, &done, &done.words());
            done.missing.is_empty()
        }
        Operate::Doctor(args) => {
            let report = look_over(settings, args).await;
            tell(args.json, &report, &report.words());
            report.well()
        }
        Operate::Scrub(args) => {
            let found = look_for_damage(settings, args).await?;
            tell(args.json, &found, &found.words());
            found.well()
        }
    };
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[expect(clippy::print_stdout, reason = "it is what the commands are for")]
fn tell(json: bool, value: &impl Serialize, words: &str) {
    match serde_json::to_string_pretty(value) {
        Ok(text) if json => println!("{text}"),
        _ => println!("{words}"),
    }
}

/// An instant in the name of a folder; later ones sort behind earlier ones.
fn stamp(now_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(now_ms)
        .map_or_else(|_out_of_range| now_ms.to_string(), |now| now.strftime("%Y%m%dT%H%M%S.%3fZ").to_string())
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let mut unit = 0;
    let (mut whole, mut rest) = (bytes, 0);
    while whole >= 1024 && unit + 1 < UNITS.len() {
        rest = whole % 1024 * 10 / 1024;
        whole /= 1024;
        unit += 1;
    }
    let name = UNITS.get(unit).unwrap_or(&"bytes");
    if unit == 0 { format!("{whole} {name}") } else { format!("{whole}.{rest} {name}") }
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes_and_instants_are_for_people() {
        assert_eq!(super::size(0), "0 bytes");
        assert_eq!(super::size(1023), "1023 bytes");
        assert_eq!(super::size(1536), "1.5 KiB");
        assert_eq!(super::size(5 << 30), "5.0 GiB");
        assert_eq!(super::stamp(1_793_552_400_007), "20261101T170000.007Z");
    }
}
