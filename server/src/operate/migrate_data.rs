//! An instance moves to another database and object store: from SQLite and a folder to PostgreSQL and S3, or any other
//! way. Objects go first and can go while the server runs; what came over is not copied again. Rows go in one
//! transaction, with everything stopped, and are read back before it ends; so there is never half an instance.

use std::path::{Path, PathBuf};

use clap::Args;
use meridian_blobs::{Blobs, S3Options};
use meridian_config::Settings;
use meridian_store::copy::{Load, is_in_use};
use serde::Serialize;

use super::error::OperateError;
use super::objects::{Care, Pass, names, pass};
use super::{open_blobs, open_store, rows, size};

/// `meridian-server migrate-data`.
#[derive(Clone, Debug, Args)]
pub struct MigrateDataArgs {
    /// The new database, empty: `postgres://user:password@host/database` or `sqlite://path`.
    #[arg(long, env = "MERIDIAN_TO_DATABASE_URL", hide_env_values = true)]
    pub to_database: String,
    /// The new object store: `s3://bucket/prefix` with the usual `AWS_*`, or `file://folder`.
    #[arg(long, env = "MERIDIAN_TO_STORE_URL")]
    pub to_store: String,
    /// Where the new S3 store is, if it is not Amazon's.
    #[arg(long, env = "MERIDIAN_TO_S3_ENDPOINT")]
    pub to_s3_endpoint: Option<String>,
    /// Brings only the objects over, while the server may run; the rest goes faster then.
    #[arg(long)]
    pub objects_only: bool,
    /// Takes the place of an instance in the new database; its tables are kept aside.
    #[arg(long)]
    pub replace: bool,
    /// Prints JSON.
    #[arg(long)]
    pub json: bool,
}

/// What a move did.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    /// Rows that were written and read back; none with `--objects-only`.
    pub rows: Option<u64>,
    /// Objects that are at their goal, their sums compared.
    pub objects: u64,
    /// Their sizes together.
    pub object_bytes: u64,
    /// How many of them this run copied.
    pub copied: u64,
    /// Objects that rows name and that cannot be read.
    pub missing: Vec<String>,
    /// Where what was in the new database is.
    pub kept_aside: Option<String>,
}

impl Moved {
    /// For people.
    pub fn words(&self) -> String {
        let mut text = format!(
            "{} objects ({}) are at their goal and have the same sums; {} were copied now.",
            self.objects,
            size(self.object_bytes),
            self.copied
        );
        text = match self.rows {
            Some(rows) => format!(
                "{text}\n{rows} rows were written and read back. Now set MERIDIAN_DATABASE_URL and MERIDIAN_STORE_URL to \
                 the new places, keep the same MERIDIAN_SECRET, and start."
            ),
            None => {
                format!("{text}\nNo rows yet: stop servers and workers and run it without --objects-only.")
            }
        };
        if let Some(place) = &self.kept_aside {
            text = format!("{text}\nKept aside: {place}");
        }
        if !self.missing.is_empty() {
            let (count, keys) = (self.missing.len(), self.missing.join("\n"));
            text = format!("{text}\nMISSING: {count} objects cannot be read at their source:\n{keys}");
        }
        text
    }
}

/// Moves everything, or the objects.
///
/// # Errors
/// What stopped it; run again, it goes on where it stood.
pub async fn move_data(settings: &Settings, args: &MigrateDataArgs) -> Result<Moved, OperateError> {
    if args.to_database == settings.database_url || args.to_store == settings.store_url {
        return Err(OperateError::Refused("the new place has to be another one than the old".to_owned()));
    }
    if !args.objects_only && is_in_use(&settings.database_url).await? {
        return Err(OperateError::Refused(
            "the database is in use: stop servers and workers first, or bring the objects over with --objects-only"
                .to_owned(),
        ));
    }
    let store = open_store(settings).await?;
    if !store.pending_migrations().await?.is_empty() {
        return Err(OperateError::Refused(
            "migrations are missing: run `meridian-server migrate` first".to_owned(),
        ));
    }
    let from = open_blobs(settings)?;
    let s3 = S3Options { endpoint: args.to_s3_endpoint.clone(), ..S3Options::default() };
    let to = Blobs::open_with(&args.to_store, &s3)?;
    let state = State::in_folder(&settings.data_dir, &args.to_store);
    if args.objects_only {
        names(store.reader(), &state.names).await?;
        let mut done = state.bring(&from, &to).await?;
        // What was deleted meanwhile is not missing.
        let lost = super::backup::lost(&store, &done, settings.clock().now_ms()).await?;
        done.missing.retain(|(name, _)| lost.contains(&name.key));
        return Ok(told(&done, None, None));
    }
    let snapshot = store.snapshot().await?;
    names(&snapshot, &state.names).await?;
    let done = state.bring(&from, &to).await?;
    let load = Load::begin(&args.to_database, &settings.clock(), snapshot.migrations(), args.replace).await?;
    let total = rows::pour(&snapshot, &load).await?;
    let kept_aside = load.finish().await?;
    snapshot.end().await?;
    state.forget()?;
    Ok(told(&done, Some(total), kept_aside))
}

fn told(done: &Pass, rows: Option<u64>, kept_aside: Option<String>) -> Moved {
    Moved {
        rows,
        objects: done.objects.count,
        object_bytes: done.objects.bytes,
        copied: done.copied,
        missing: done.missing.iter().map(|(name, why)| format!("{}: {why}", name.key)).collect(),
        kept_aside,
    }
}

/// What is known of objects that are over already: two lists, so that one is whole while the other is written.
struct State {
    names: PathBuf,
    lists: [PathBuf; 2],
}

impl State {
    /// Of one goal: another one knows nothing yet.
    fn in_folder(data: &Path, goal: &str) -> Self {
        use sha2::Digest as _;
        let goal: String = hex::encode(sha2::Sha256::digest(goal.as_bytes())).chars().take(12).collect();
        let at = |end: &str| data.join(format!("migrate-data-{goal}.{end}"));
        Self { names: at("names"), lists: [at("1.jsonl"), at("2.jsonl")] }
    }

    async fn bring(&self, from: &Blobs, to: &Blobs) -> Result<Pass, OperateError> {
        let length = |path: &PathBuf| std::fs::metadata(path).map_or(0, |file| file.len());
        let [one, two] = &self.lists;
        let (known, new) = if length(one) >= length(two) { (one, two) } else { (two, one) };
        pass(from, to, Care::Both, &self.names, Some(known), new).await
    }

    fn forget(&self) -> Result<(), OperateError> {
        for path in [&self.names].into_iter().chain(&self.lists) {
            match std::fs::remove_file(path) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    return Err(OperateError::file("removing", path)(e));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
