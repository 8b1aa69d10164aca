//! A consistent copy of database and objects in a folder, while everybody works on.
//!
//! Objects are never changed, so the order makes the copy whole: all objects of now (that takes long), then the rows as
//! of one instant, then the few objects that those rows name and that came meanwhile. What the second round cannot find
//! was deleted since that instant, or is lost, and then it is named.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use clap::Args;
use meridian_blobs::{Blobs, Key};
use meridian_config::Settings;
use meridian_domain::ids::UpdateId;
use meridian_store::Store;
use meridian_store::repo::objects as named;
use serde::Serialize;

use super::error::OperateError;
use super::format::{Entry, FORMAT, Manifest, Name, TableSum, Walk, lines, snapshots};
use super::objects::{Care, Pass, names, pass};
use super::{open_blobs, open_store, rows, size, stamp};

/// `meridian-server backup`.
#[derive(Clone, Debug, Args)]
pub struct BackupArgs {
    /// The folder; a second backup into it copies only what is new.
    pub dir: PathBuf,
    /// How many snapshots to keep; objects that only older ones name go.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
    pub keep: u32,
    /// Puts the instance's secret into the folder too: whoever reads it can make anybody's session.
    #[arg(long)]
    pub with_secret: bool,
    /// Prints JSON.
    #[arg(long)]
    pub json: bool,
}

/// What a backup did.
#[derive(Clone, Debug, Serialize)]
pub struct BackedUp {
    /// The new snapshot.
    pub snapshot: PathBuf,
    /// The instant of its rows.
    pub taken_at: String,
    /// Its rows.
    pub rows: u64,
    /// Its objects.
    pub objects: u64,
    /// Their sizes together.
    pub object_bytes: u64,
    /// How many of them were new in the folder.
    pub copied: u64,
    /// Their sizes together.
    pub copied_bytes: u64,
    /// Objects that were deleted while they were copied, as their updates were.
    pub gone: u64,
    /// Objects that rows name and that cannot be read.
    pub lost: Vec<String>,
    /// Whether the secret is in the folder.
    pub with_secret: bool,
}

impl BackedUp {
    /// For people.
    pub fn words(&self) -> String {
        let mut text = format!(
            "Snapshot {} as of {}: {} rows, {} objects ({}), of which {} ({}) were new here.",
            self.snapshot.display(),
            self.taken_at,
            self.rows,
            self.objects,
            size(self.object_bytes),
            self.copied,
            size(self.copied_bytes)
        );
        if !self.with_secret {
            text.push_str(
                "\nThe instance's secret is not in it (MERIDIAN_SECRET, or the file secret of the data folder): \
                 keep a copy elsewhere. Without it links, API tokens and webhook secrets end with the old instance.",
            );
        }
        if !self.lost.is_empty() {
            let count = self.lost.len();
            text = format!(
                "{text}\nLOST: {count} objects cannot be read at their source:\n{}",
                self.lost.join("\n")
            );
        }
        text
    }
}

/// Copies everything.
///
/// # Errors
/// What stopped it; snapshots that were whole before still are.
pub async fn back_up(settings: &Settings, args: &BackupArgs) -> Result<BackedUp, OperateError> {
    let (store, from) = (open_store(settings).await?, open_blobs(settings)?);
    if !store.pending_migrations().await?.is_empty() {
        return Err(OperateError::Refused(
            "migrations are missing: run `meridian-server migrate` first".to_owned(),
        ));
    }
    let dir = std::path::absolute(&args.dir).map_err(OperateError::file("finding", &args.dir))?;
    let _lock = lock(&dir)?;
    let to = open_objects(&dir)?;
    let before = snapshots(&dir)?;
    let (list, first) = (dir.join(".names"), dir.join(".first.jsonl"));
    names(store.reader(), &list).await?;
    let earlier = before.last().map(|snapshot| snapshot.join("objects.jsonl"));
    let all = pass(&from, &to, Care::Goal, &list, earlier.as_deref(), &first).await?;
    let new = dir.join("snapshots/.new");
    remove_folder(&new)?;
    let now_ms = settings.clock().now_ms();
    let (tables, migrations) = take_rows(&store, &new, &list).await?;
    let rest = pass(&from, &to, Care::Goal, &list, Some(&first), &new.join("objects.jsonl")).await?;
    let damaged = lost(&store, &rest, now_ms).await?;
    let gone = rest.missing.len().saturating_sub(damaged.len());
    let manifest = Manifest {
        format: FORMAT,
        made_by: env!("CARGO_PKG_VERSION").to_owned(),
        taken_at: jiff::Timestamp::from_millisecond(now_ms).map(|at| at.to_string()).unwrap_or_default(),
        migrations,
        tables,
        objects: rest.objects.clone(),
        lost: damaged,
        secret_fingerprint: settings.secret.fingerprint(),
    };
    manifest.write(&new)?;
    let snapshot = dir.join("snapshots").join(stamp(now_ms));
    let placed = fs::rename(&new, &snapshot).and_then(|()| File::open(dir.join("snapshots"))?.sync_all());
    placed.map_err(OperateError::file("placing", &snapshot))?;
    if args.with_secret {
        let path = dir.join("secret");
        settings.secret.write(&path).map_err(OperateError::file("writing", &path))?;
    }
    prune(&dir, &to, args.keep).await?;
    for left in [list, first] {
        fs::remove_file(&left).map_err(OperateError::file("removing", &left))?;
    }
    Ok(BackedUp {
        snapshot,
        rows: manifest.tables.iter().map(|table| table.sum.rows).sum(),
        taken_at: manifest.taken_at,
        objects: rest.objects.count,
        object_bytes: rest.objects.bytes,
        copied: all.copied + rest.copied,
        copied_bytes: all.copied_bytes + rest.copied_bytes,
        gone: u64::try_from(gone).unwrap_or(u64::MAX),
        lost: manifest.lost,
        with_secret: args.with_secret,
    })
}

/// The rows as of one instant, and the names of their objects.
async fn take_rows(
    store: &Store,
    new: &Path,
    list: &Path,
) -> Result<(Vec<TableSum>, Vec<String>), OperateError> {
    let folder = new.join("rows");
    fs::create_dir_all(&folder).map_err(OperateError::file("making", &folder))?;
    let snapshot = store.snapshot().await?;
    let tables = rows::dump(&snapshot, &folder).await?;
    names(&snapshot, list).await?;
    let migrations = snapshot.migrations().to_vec();
    snapshot.end().await?;
    Ok((tables, migrations))
}

/// The folder's objects, as a store.
pub(super) fn open_objects(dir: &Path) -> Result<Blobs, OperateError> {
    Ok(Blobs::open(&format!("file://{}", dir.join("objects").display()))?)
}

/// One command at a time uses the folder. It is for its owner alone: what it holds is everybody's.
fn lock(dir: &Path) -> Result<File, OperateError> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.map_err(OperateError::file("making", dir))?;
    let path = dir.join(".lock");
    let file = File::create(&path).map_err(OperateError::file("making", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_held) => Err(OperateError::Refused(format!("another command uses {}", dir.display()))),
    }
}

fn remove_folder(path: &Path) -> Result<(), OperateError> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(OperateError::file("removing", path)(e)),
        _ => Ok(()),
    }
}

/// Of what could not be read: the keys that rows still name, of updates whose bytes have to be there.
pub(super) async fn lost(store: &Store, pass: &Pass, now_ms: i64) -> Result<Vec<String>, OperateError> {
    let mut lost = Vec::new();
    for batch in pass.missing.chunks(100) {
        let ids: Vec<UpdateId> = batch.iter().map(|(name, _)| name.update.into()).collect();
        let owners = named::of(store.reader(), &ids).await?;
        let wanted = |name: &Name| {
            owners.iter().any(|owner| {
                owner.update_id.0 == name.update
                    && owner.purge_at_ms.is_none_or(|at| at > now_ms)
                    && owner.objects.iter().any(|object| object.key == name.key)
            })
        };
        lost.extend(batch.iter().filter(|(name, _)| wanted(name)).map(|(name, _)| name.key.clone()));
    }
    Ok(lost)
}

/// Removes the oldest snapshots, and the objects that only they name.
async fn prune(dir: &Path, objects: &Blobs, keep: u32) -> Result<(), OperateError> {
    let all = snapshots(dir)?;
    let surplus = all.len().saturating_sub(usize::try_from(keep).unwrap_or(usize::MAX));
    let (old, kept) = all.split_at(surplus);
    for snapshot in old {
        let open = |snapshot: &PathBuf| Walk::open(Some(&snapshot.join("objects.jsonl")));
        let mut others = kept.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        for entry in lines::<Entry>(&snapshot.join("objects.jsonl"))? {
            let Entry { name, .. } = entry?;
            if !others.iter_mut().any(|list| list.find(&name).is_some()) {
                objects.delete(&Key::parse(&name.key)?).await?;
            }
        }
        remove_folder(snapshot)?;
    }
    Ok(())
}
