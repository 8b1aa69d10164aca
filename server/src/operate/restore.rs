//! A backup is put back: looked through whole before anything changes, and what was there is kept aside.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use futures::{StreamExt as _, TryStreamExt as _};
use meridian_blobs::{BlobError, Blobs, Key};
use meridian_config::{Secret, Settings};
use meridian_store::copy::{Load, Standing, is_in_use, known_migrations, standing};
use serde::Serialize;

use super::backup::open_objects;
use super::error::OperateError;
use super::format::{Entry, Manifest, file_sum, lines, snapshots};
use super::objects::{copy, sum};
use super::{open_blobs, rows, size, stamp};

/// Objects that are read at the same time.
const AT_ONCE: usize = 8;

/// `meridian-server restore`.
#[derive(Clone, Debug, Args)]
pub struct RestoreArgs {
    /// The folder of the backup.
    pub dir: PathBuf,
    /// Which snapshot: a name below `snapshots`; the newest where none is named.
    #[arg(long)]
    pub snapshot: Option<String>,
    /// Takes the place of an instance that is there; its database is kept aside.
    #[arg(long)]
    pub replace: bool,
    /// Goes on with another secret than the backup's: links, API tokens and webhook secrets end.
    #[arg(long)]
    pub other_secret: bool,
    /// Prints JSON.
    #[arg(long)]
    pub json: bool,
}

/// What a restore did.
#[derive(Clone, Debug, Serialize)]
pub struct Restored {
    /// The snapshot.
    pub snapshot: PathBuf,
    /// The instant of its rows.
    pub taken_at: String,
    /// Rows that were written and read back.
    pub rows: u64,
    /// Accounts among them.
    pub accounts: u64,
    /// Updates among them.
    pub updates: u64,
    /// Objects that are there now.
    pub objects: u64,
    /// Their sizes together.
    pub object_bytes: u64,
    /// How many of them had to be copied.
    pub copied: u64,
    /// Objects that were missing already when the backup was made.
    pub lost: Vec<String>,
    /// Where the old database, objects and secret are.
    pub kept_aside: Vec<String>,
}

impl Restored {
    /// For people.
    pub fn words(&self) -> String {
        let mut text = format!(
            "Restored {} as of {}: {} rows ({} accounts, {} updates), {} objects ({}), of which {} were copied.",
            self.snapshot.display(),
            self.taken_at,
            self.rows,
            self.accounts,
            self.updates,
            self.objects,
            size(self.object_bytes),
            self.copied
        );
        for kept in &self.kept_aside {
            text = format!("{text}\nKept aside: {kept}");
        }
        if !self.lost.is_empty() {
            let (count, keys) = (self.lost.len(), self.lost.join("\n"));
            text = format!("{text}\n{count} objects were missing already when the backup was made:\n{keys}");
        }
        text
    }
}

/// Puts a backup back.
///
/// # Errors
/// What stopped it. Before the last step, which puts the database in its place, nothing has changed but that objects
/// may have come.
pub async fn put_back(settings: &Settings, args: &RestoreArgs) -> Result<Restored, OperateError> {
    let dir = std::path::absolute(&args.dir).map_err(OperateError::file("finding", &args.dir))?;
    let snapshot = chosen(&dir, args.snapshot.as_deref())?;
    let manifest = Manifest::read(&snapshot)?;
    fits(settings, args, &manifest).await?;
    let secret = secret_of(settings, args, &dir, &manifest)?;
    let from = open_objects(&dir)?;
    verify(&snapshot, &manifest, &from).await?;
    let to = open_blobs(settings)?;
    let now = stamp(settings.clock().now_ms());
    let (copied, damaged) = bring_objects(&snapshot, &from, &to, &now).await?;
    let clock = settings.clock();
    let load = Load::begin(&settings.database_url, &clock, &manifest.migrations, args.replace).await?;
    let total = rows::load(&load, &manifest.tables, &snapshot.join("rows")).await?;
    let mut kept_aside: Vec<String> = Vec::new();
    kept_aside.extend(load.finish().await?.map(|place| format!("the old database: {place}")));
    if damaged > 0 {
        kept_aside.push(format!(
            "{damaged} other objects under the same keys: below before/{now} in the object store"
        ));
    }
    if let Some(secret) = secret {
        let path = settings.data_dir.join("secret");
        let aside = settings.data_dir.join(format!("secret.before-{now}"));
        // Copied, so that there is a whole one at every instant: without one the next start would make another.
        fs::copy(&path, &aside).map_err(OperateError::file("keeping", &path))?;
        secret.write(&path).map_err(OperateError::file("writing", &path))?;
        kept_aside.push(format!("the old secret: {}", aside.display()));
    }
    let rows_of = |name: &str| {
        manifest.tables.iter().find(|known| known.table.name == name).map_or(0, |known| known.sum.rows)
    };
    Ok(Restored {
        snapshot,
        rows: total,
        accounts: rows_of("users"),
        updates: rows_of("updates"),
        taken_at: manifest.taken_at,
        objects: manifest.objects.count,
        object_bytes: manifest.objects.bytes,
        copied,
        lost: manifest.lost,
        kept_aside,
    })
}

fn chosen(dir: &Path, name: Option<&str>) -> Result<PathBuf, OperateError> {
    let all = snapshots(dir)?;
    let found = match name {
        Some(name) => all.into_iter().find(|path| path.file_name().is_some_and(|known| known == name)),
        None => all.into_iter().next_back(),
    };
    found
        .ok_or_else(|| OperateError::Refused(format!("{} has no such snapshot that is whole", dir.display())))
}

/// What can be known before anything is read: the version, and whether the place is free.
async fn fits(settings: &Settings, args: &RestoreArgs, manifest: &Manifest) -> Result<(), OperateError> {
    let url = &settings.database_url;
    if !known_migrations().starts_with(&manifest.migrations) {
        let why = format!("the backup was made by a later version ({}): use that one", manifest.made_by);
        return Err(OperateError::Refused(why));
    }
    if let (Standing::Used { accounts }, false) = (standing(url).await?, args.replace) {
        let why = format!(
            "there is an instance already, with {accounts} accounts: --replace takes its place and keeps it aside"
        );
        return Err(OperateError::Refused(why));
    }
    if is_in_use(url).await? {
        return Err(OperateError::Refused(
            "the database is in use: stop servers and workers first".to_owned(),
        ));
    }
    Ok(())
}

/// The backup's secret, where it has to be put in place of the one that the data folder has.
fn secret_of(
    settings: &Settings,
    args: &RestoreArgs,
    dir: &Path,
    manifest: &Manifest,
) -> Result<Option<Secret>, OperateError> {
    if settings.secret.fingerprint() == manifest.secret_fingerprint || args.other_secret {
        return Ok(None);
    }
    let unreadable = |why: meridian_config::ConfigError| OperateError::Refused(why.to_string());
    let kept = dir.join("secret");
    let own = settings.data_dir.join("secret");
    if kept.is_file() && own.is_file() {
        let (kept, own) =
            (Secret::from_file(&kept).map_err(unreadable)?, Secret::from_file(&own).map_err(unreadable)?);
        if own == settings.secret && kept.fingerprint() == manifest.secret_fingerprint {
            return Ok(Some(kept));
        }
    }
    Err(OperateError::Refused(
        "the instance's secret is not the backup's: put that one into MERIDIAN_SECRET or the file secret of the data \
         folder; or go on with --other-secret, which ends all links, API tokens and webhook secrets"
            .to_owned(),
    ))
}

/// Reads everything and compares it with its sum.
async fn verify(snapshot: &Path, manifest: &Manifest, from: &Blobs) -> Result<(), OperateError> {
    rows::verify(&manifest.tables, &snapshot.join("rows"))?;
    let list = snapshot.join("objects.jsonl");
    if !list.is_file() || file_sum(&list)? != manifest.objects.sha256 {
        return Err(OperateError::Damaged("the list of objects is not what was written".to_owned()));
    }
    let mut checks = futures::stream::iter(lines::<Entry>(&list)?)
        .map(|entry| async move {
            let Entry { name, sha256 } = entry?;
            let key = Key::parse(&name.key)?;
            Ok::<_, OperateError>(match sum_of(from, &key, name.size).await? {
                Some(found) if found == sha256 => None,
                _ => Some(name.key),
            })
        })
        .buffer_unordered(AT_ONCE);
    let (mut count, mut first) = (0_u64, Vec::new());
    while let Some(damaged) = checks.try_next().await? {
        if let Some(key) = damaged {
            count += 1;
            if first.len() < 20 {
                first.push(key);
            }
        }
    }
    if count > 0 {
        return Err(OperateError::Damaged(format!(
            "{count} objects, the first of them: {}",
            first.join(", ")
        )));
    }
    Ok(())
}

/// `None`: it is missing or has another size.
async fn sum_of(blobs: &Blobs, key: &Key, size: u64) -> Result<Option<String>, BlobError> {
    match blobs.size_bytes(key).await {
        Ok(found) if found == size => sum(blobs, key, size).await.map(Some),
        Ok(_) | Err(BlobError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Copies what is not there. What is there under the same key with other bytes moves to `before/<time>/`. How many were
/// copied, and how many moved.
async fn bring_objects(
    snapshot: &Path,
    from: &Blobs,
    to: &Blobs,
    now: &str,
) -> Result<(u64, u64), OperateError> {
    let work = futures::stream::iter(lines::<Entry>(&snapshot.join("objects.jsonl"))?)
        .map(|entry| async move {
            let Entry { name, sha256 } = entry?;
            let key = Key::parse(&name.key)?;
            let there = match to.size_bytes(&key).await {
                Err(BlobError::NotFound { .. }) => None,
                other => Some(other?),
            };
            if there == Some(name.size) && sum(to, &key, name.size).await? == sha256 {
                return Ok((0, 0));
            }
            if let Some(size) = there {
                let aside = Key::parse(&format!("before/{now}/{key}"))?;
                copy((to, &key), (to, &aside), size).await?;
                to.delete(&key).await?;
            }
            if copy((from, &key), (to, &key), name.size).await? != sha256 {
                return Err(OperateError::Damaged(name.key));
            }
            Ok::<_, OperateError>((1, u64::from(there.is_some())))
        })
        .buffer_unordered(AT_ONCE);
    work.try_fold((0, 0), |(copied, moved), (c, m)| async move { Ok((copied + c, moved + m)) }).await
}
