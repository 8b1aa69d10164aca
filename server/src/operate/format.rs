//! What a backup's folder holds ([ADR 17](../../../docs/adr/0017-backups-are-rows-and-objects.md)).
//!
//! `objects/` has every object under its key, shared by all snapshots; `snapshots/<time>/` has `backup.json` (the last
//! thing that is written), `rows/<table>.jsonl` (a line a row) and `objects.jsonl` (a line an object, with its sum).

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use meridian_store::copy::{Sum, Table};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::error::OperateError;

/// The format that this version writes and reads.
pub const FORMAT: u32 = 1;

/// `backup.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// The version that made it.
    pub made_by: String,
    /// The instant of the rows, RFC 3339.
    pub taken_at: String,
    /// The migrations of the tables.
    pub migrations: Vec<String>,
    /// The tables, in the order in which they are to be filled.
    pub tables: Vec<TableSum>,
    /// The objects.
    pub objects: ObjectSum,
    /// Keys of objects that rows name and that were missing or damaged already.
    pub lost: Vec<String>,
    /// Tells one secret from another without telling it.
    pub secret_fingerprint: String,
}

/// A table and what it holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TableSum {
    /// The table.
    #[serde(flatten)]
    pub table: Table,
    /// Its rows.
    #[serde(flatten)]
    pub sum: Sum,
    /// The last number that the database gave.
    pub last_number: Option<i64>,
}

/// What `objects.jsonl` holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectSum {
    /// How many objects.
    pub count: u64,
    /// Their sizes together.
    pub bytes: u64,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

/// An object that the rows name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Name {
    pub(super) update: Uuid,
    pub(super) key: String,
    pub(super) size: u64,
}

/// A line of `objects.jsonl`; lines are sorted by update and key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    #[serde(flatten)]
    pub(super) name: Name,
    pub(super) sha256: String,
}

/// The snapshots of a folder that are whole, oldest first.
pub(super) fn snapshots(dir: &Path) -> Result<Vec<PathBuf>, OperateError> {
    let folder = dir.join("snapshots");
    let listed = match std::fs::read_dir(&folder) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(OperateError::file("listing", &folder))?,
    };
    let mut found = Vec::new();
    for entry in listed {
        let path = entry.map_err(OperateError::file("listing", &folder))?.path();
        if path.join("backup.json").is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

impl Manifest {
    /// Reads the one of a snapshot.
    pub(super) fn read(snapshot: &Path) -> Result<Self, OperateError> {
        let path = snapshot.join("backup.json");
        let text = std::fs::read(&path).map_err(OperateError::file("reading", &path))?;
        let manifest: Self =
            serde_json::from_slice(&text).map_err(|source| OperateError::Json { path, source })?;
        if manifest.format != FORMAT {
            let why = format!("the backup has format {}, this version reads {FORMAT}", manifest.format);
            return Err(OperateError::Refused(why));
        }
        Ok(manifest)
    }

    /// Makes a snapshot whole.
    pub(super) fn write(&self, snapshot: &Path) -> Result<(), OperateError> {
        let path = snapshot.join("backup.json");
        let failed = |source| OperateError::Json { path: path.clone(), source };
        let text = serde_json::to_vec_pretty(self).map_err(failed)?;
        let write = || {
            let mut file = File::create(&path)?;
            file.write_all(&text)?;
            file.sync_all()?;
            File::open(snapshot)?.sync_all()
        };
        write().map_err(OperateError::file("writing", &path))
    }
}

/// A file of lines that is being written.
pub(super) struct LineWriter {
    path: PathBuf,
    out: BufWriter<File>,
    hash: Sha256,
}

impl LineWriter {
    pub(super) fn create(path: &Path) -> Result<Self, OperateError> {
        let file = File::create(path).map_err(OperateError::file("making", path))?;
        Ok(Self { path: path.to_owned(), out: BufWriter::new(file), hash: Sha256::new() })
    }

    /// A line that has its end.
    pub(super) fn line(&mut self, line: &str) -> Result<(), OperateError> {
        self.hash.update(line.as_bytes());
        self.out.write_all(line.as_bytes()).map_err(OperateError::file("writing", &self.path))
    }

    pub(super) fn put(&mut self, value: &impl Serialize) -> Result<(), OperateError> {
        let failed = |source| OperateError::Json { path: self.path.clone(), source };
        let line = serde_json::to_string(value).map_err(failed)?;
        self.line(&format!("{line}\n"))
    }

    /// Makes it durable; gives its sum.
    pub(super) fn finish(mut self) -> Result<String, OperateError> {
        let done = self.out.flush().and_then(|()| self.out.get_ref().sync_all());
        done.map_err(OperateError::file("writing", &self.path))?;
        Ok(hex::encode(self.hash.finalize()))
    }
}

/// The values of a file of lines.
pub(super) fn lines<T: DeserializeOwned>(
    path: &Path,
) -> Result<impl Iterator<Item = Result<T, OperateError>> + use<T>, OperateError> {
    let file = File::open(path).map_err(OperateError::file("reading", path))?;
    let path = path.to_owned();
    Ok(BufReader::new(file).lines().map(move |line| {
        let line = line.map_err(OperateError::file("reading", &path))?;
        serde_json::from_str(&line).map_err(|source| OperateError::Json { path: path.clone(), source })
    }))
}

/// The sum of a file, in hexadecimal.
pub(super) fn file_sum(path: &Path) -> Result<String, OperateError> {
    let mut hash = Sha256::new();
    let summed = File::open(path).and_then(|mut file| std::io::copy(&mut file, &mut HashWriter(&mut hash)));
    summed.map_err(OperateError::file("reading", path))?;
    Ok(hex::encode(hash.finalize()))
}

struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A sorted list of objects, walked through beside another one. A line that was not written whole ends it.
pub(super) struct Walk {
    entries: Box<dyn Iterator<Item = Entry> + Send>,
    next: Option<Entry>,
}

impl Walk {
    /// Nothing where there is no file.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, OperateError> {
        let Some(path) = path.filter(|path| path.is_file()) else {
            return Ok(Self { entries: Box::new(std::iter::empty()), next: None });
        };
        let mut entries = Box::new(lines::<Entry>(path)?.map_while(Result::ok));
        let next = entries.next();
        Ok(Self { entries, next })
    }

    /// The entry of an object. Asked for in the order of the list.
    pub(super) fn find(&mut self, name: &Name) -> Option<Entry> {
        let wanted = (name.update, name.key.as_str());
        while self.next.as_ref().is_some_and(|entry| (entry.name.update, entry.name.key.as_str()) < wanted) {
            self.next = self.entries.next();
        }
        self.next.as_ref().filter(|entry| entry.name == *name).cloned()
    }
}
