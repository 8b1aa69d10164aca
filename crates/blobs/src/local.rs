//! Objects as files of a local folder, made durable before they are acknowledged.
//!
//! A part is written to `<root>/.incoming/`, synced, moved to its name without ever replacing another file, and
//! then its folder is synced. A folder's own entry is synced in its parent before the first object in it counts.
//! Everything in this module blocks: callers run it on a blocking thread.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, IoSlice, IoSliceMut, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use rustix::buffer::spare_capacity;
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
use rustix::io::{Errno, ReadWriteFlags, pread, preadv2};
use tempfile::NamedTempFile;

use crate::{BlobError, Key, Listed};

/// The folder of unfinished parts. Its name is no [`Key`], so no object can be in it.
const INCOMING: &str = ".incoming";
/// Folders remembered as durable; forgetting them only costs some syncs.
const MAX_REMEMBERED_FOLDERS: usize = 8_192;
/// What the file system keeps free of objects, in bytes: the database needs room too, or nobody could sign in, nor
/// delete anything, once recordings have filled the disk.
const RESERVE_BYTES: u64 = 256 * 1024 * 1024;
/// On a small file system the reserve is this part of it.
const RESERVE_SHARE: u64 = 20;
/// How often a write is tried again when its folder was removed under it.
const PUBLISH_TRIES: usize = 3;

/// A local folder of objects.
#[derive(Debug)]
pub(crate) struct Local {
    root: PathBuf,
    incoming: PathBuf,
    /// Folders whose entry in their parent is known to be on disk.
    durable: Mutex<HashSet<PathBuf>>,
}

/// What is right in one folder.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    /// Its objects.
    pub(crate) objects: Vec<Listed>,
    /// Folders to look into next.
    pub(crate) folders: Vec<Key>,
}

impl Local {
    /// Opens the folder, making it when it is missing.
    pub(crate) fn open(root: &Path) -> Result<Self, BlobError> {
        let root = std::path::absolute(root).map_err(|e| BlobError::io("finding the store's folder", e))?;
        let local = Self { incoming: root.join(INCOMING), root, durable: Mutex::default() };
        local.make_durable_folder(&local.incoming)?;
        Ok(local)
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.root.join(key.as_str())
    }

    /// Refuses what would use up the reserve.
    pub(crate) fn check_room(&self, wanted_bytes: usize) -> Result<(), BlobError> {
        // Where that cannot be asked, the write itself will tell.
        let Ok(disk) = rustix::fs::statvfs(&self.root) else { return Ok(()) };
        let total = disk.f_blocks.saturating_mul(disk.f_frsize);
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let reserve = RESERVE_BYTES.min(total / RESERVE_SHARE);
        let wanted = u64::try_from(wanted_bytes).unwrap_or(u64::MAX);
        if free < reserve.saturating_add(wanted) {
            return Err(BlobError::NoSpace { source: ErrorKind::StorageFull.into() });
        }
        Ok(())
    }

    /// A new file for a part that is being received. It goes away when it is dropped.
    pub(crate) fn begin(&self) -> Result<NamedTempFile, BlobError> {
        let open = || NamedTempFile::new_in(&self.incoming);
        match open() {
            Err(e) if e.kind() == ErrorKind::NotFound => {
                self.forget_folders(&self.incoming);
                self.make_durable_folder(&self.incoming)?;
                open().map_err(|e| BlobError::io("creating a part", e))
            }
            other => other.map_err(|e| BlobError::io("creating a part", e)),
        }
    }

    /// Makes a received part durable under its key. `BlobError::AlreadyExists` leaves the older object alone.
    pub(crate) fn publish(&self, part: NamedTempFile, key: &Key) -> Result<(), BlobError> {
        part.as_file().sync_all().map_err(|e| BlobError::io("syncing a part", e))?;
        let path = self.path(key);
        let folder = path.parent().unwrap_or(&self.root);
        let mut part = part;
        for _ in 1..PUBLISH_TRIES {
            self.make_durable_folder(folder)?;
            match part.persist_noclobber(&path) {
                Ok(_) => return sync_folder(folder),
                // Somebody removed the folder since it was remembered: make it again.
                Err(e) if e.error.kind() == ErrorKind::NotFound => {
                    self.forget_folders(folder);
                    part = e.file;
                }
                Err(e) => return Err(publish_error(key, e.error)),
            }
        }
        self.make_durable_folder(folder)?;
        part.persist_noclobber(&path).map_err(|e| publish_error(key, e.error))?;
        sync_folder(folder)
    }

    /// Makes a folder and every missing one above it, and syncs each one's entry in its parent.
    ///
    /// A folder that exists is synced once too: whoever made it may not have come to its own sync yet.
    fn make_durable_folder(&self, folder: &Path) -> Result<(), BlobError> {
        if self.remembered().contains(folder) {
            return Ok(());
        }
        if let Some(parent) = folder.parent() {
            // What lies above the root and exists is not ours to sync.
            if folder.starts_with(&self.root) || !folder.exists() {
                self.make_durable_folder(parent)?;
                match fs::create_dir(folder) {
                    Err(e) if e.kind() != ErrorKind::AlreadyExists => {
                        return Err(BlobError::io("creating a folder", e));
                    }
                    _ => sync_folder(parent)?,
                }
            }
        }
        let mut durable = self.remembered();
        if durable.len() >= MAX_REMEMBERED_FOLDERS {
            durable.clear();
        }
        durable.insert(folder.to_owned());
        Ok(())
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, HashSet<PathBuf>> {
        self.durable.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget_folders(&self, folder: &Path) {
        self.remembered().retain(|f| !(f.starts_with(folder) || folder.starts_with(f)));
    }

    /// The bytes of a short range, if the system has name and bytes in its memory: the one call here that never waits for
    /// a disk, so that an async thread may do it. A request of a segment that somebody else saw a moment ago needs no
    /// other thread then, which was a quarter of its time. `None`: ask [`Self::read`], which also knows what is wrong.
    pub(crate) fn read_cached(&self, key: &Key, range: &Range<u64>, most_bytes: u64) -> Option<Bytes> {
        let length_bytes = range.end.checked_sub(range.start).filter(|length| *length <= most_bytes)?;
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let file = openat2(CWD, self.path(key), flags, Mode::empty(), ResolveFlags::CACHED).ok()?;
        let mut buffer = vec![0; usize::try_from(length_bytes).ok()?];
        let read =
            preadv2(&file, &mut [IoSliceMut::new(&mut buffer)], range.start, ReadWriteFlags::NOWAIT).ok()?;
        (read == buffer.len()).then(|| buffer.into())
    }

    /// Exactly the bytes of a range, in one go. An empty range reads nothing.
    pub(crate) fn read(&self, key: &Key, range: &Range<u64>) -> Result<Bytes, BlobError> {
        let truncated = || BlobError::Truncated { key: key.clone(), start: range.start, end: range.end };
        let file = File::open(self.path(key)).map_err(|e| read_error(key, e))?;
        // Asked before the buffer is made, so a damaged row cannot ask for all of the memory.
        let size = file.metadata().map_err(|e| read_error(key, e))?.len();
        if range.end > size {
            return Err(truncated());
        }
        let length = usize::try_from(range.end.saturating_sub(range.start)).map_err(|_e| truncated())?;
        // Into room that is not zeroed first: of large reads that is a fifth of the time.
        let mut buffer = Vec::with_capacity(length);
        let mut at = range.start;
        while at < range.end {
            match pread(&file, spare_capacity(&mut buffer), at) {
                Ok(0) => return Err(truncated()),
                Ok(read) => at = at.saturating_add(u64::try_from(read).unwrap_or(u64::MAX)),
                Err(Errno::INTR) => {}
                Err(e) => return Err(read_error(key, e.into())),
            }
        }
        // The allocator may have given more room than was asked for, and the file may hold more.
        buffer.truncate(length);
        Ok(buffer.into())
    }

    /// Size of an object in bytes.
    pub(crate) fn size(&self, key: &Key) -> Result<u64, BlobError> {
        let meta = fs::metadata(self.path(key)).map_err(|e| read_error(key, e))?;
        if meta.is_file() { Ok(meta.len()) } else { Err(BlobError::NotFound { key: key.clone() }) }
    }

    /// Removes an object; one that is not there is removed already. The folder stays.
    pub(crate) fn delete(&self, key: &Key) -> Result<(), BlobError> {
        match fs::remove_file(self.path(key)) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(BlobError::io("removing an object", e)),
            _ => Ok(()),
        }
    }

    /// Removes everything below a prefix, and the object of that name.
    pub(crate) fn delete_prefix(&self, prefix: &Key) -> Result<(), BlobError> {
        let path = self.path(prefix);
        let done = match fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_dir() => fs::remove_dir_all(&path),
            Ok(_) => fs::remove_file(&path),
            Err(e) => Err(e),
        };
        self.forget_folders(&path);
        match done {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(BlobError::io("removing objects", e)),
            _ => Ok(()),
        }
    }

    /// The objects right in one folder, and the folders in it. A missing folder is empty.
    pub(crate) fn list_folder(&self, folder: Option<&Key>) -> Result<Folder, BlobError> {
        let failed = |e| BlobError::io("listing a folder", e);
        let path = folder.map_or_else(|| self.root.clone(), |key| self.path(key));
        let Folder { mut objects, mut folders } = Folder::default();
        let entries = match fs::read_dir(&path) {
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(Folder { objects, folders });
            }
            other => other.map_err(failed)?,
        };
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let text = folder.map_or_else(|| name.to_owned(), |folder| format!("{folder}/{name}"));
            let Ok(key) = Key::parse(&text) else { continue };
            match entry.metadata() {
                Ok(meta) if meta.is_dir() => folders.push(key),
                Ok(meta) if meta.is_file() => {
                    let modified = meta.modified().map_err(failed)?;
                    objects.push(Listed { key, size_bytes: meta.len(), modified });
                }
                Err(e) if e.kind() != ErrorKind::NotFound => return Err(failed(e)),
                _ => {}
            }
        }
        Ok(Folder { objects, folders })
    }

    /// Removes parts that a killed process left behind: those last written before `now - older_than`.
    pub(crate) fn sweep_incoming(&self, now: SystemTime, older_than: Duration) -> Result<u64, BlobError> {
        let failed = |e| BlobError::io("sweeping unfinished parts", e);
        let mut removed = 0;
        for entry in fs::read_dir(&self.incoming).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let Ok(written) = entry.metadata().and_then(|m| m.modified()) else { continue };
            if now.duration_since(written).is_ok_and(|age| age > older_than)
                && fs::remove_file(entry.path()).is_ok()
            {
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Whether the folder can be read.
    pub(crate) fn probe(&self) -> Result<(), BlobError> {
        fs::read_dir(&self.incoming).map(drop).map_err(|e| BlobError::io("reading the store's folder", e))
    }
}

/// Writes pieces of a part. Bodies come in pieces of some kilobytes: each is a call and a lock of the file less.
pub(crate) fn append(part: &mut NamedTempFile, pieces: &[Bytes]) -> Result<(), BlobError> {
    let failed = |error| BlobError::io("writing a part", error);
    let mut slices: Vec<IoSlice<'_>> =
        pieces.iter().filter(|piece| !piece.is_empty()).map(|piece| IoSlice::new(piece)).collect();
    let mut left = slices.as_mut_slice();
    while !left.is_empty() {
        match part.as_file_mut().write_vectored(left) {
            Ok(0) => return Err(failed(ErrorKind::WriteZero.into())),
            Ok(written) => IoSlice::advance_slices(&mut left, written),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(())
}

fn sync_folder(folder: &Path) -> Result<(), BlobError> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(|e| BlobError::io("syncing a folder", e))
}

fn publish_error(key: &Key, error: io::Error) -> BlobError {
    if error.kind() == ErrorKind::AlreadyExists {
        BlobError::AlreadyExists { key: key.clone() }
    } else {
        BlobError::io("naming an object", error)
    }
}

fn read_error(key: &Key, error: io::Error) -> BlobError {
    // A name below an object is as absent as any other.
    if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) {
        BlobError::NotFound { key: key.clone() }
    } else {
        BlobError::io("reading an object", error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_at_once_is_what_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let local = Local::open(folder.path()).unwrap();
        let bytes: Vec<u8> = (0..=255).cycle().take(3000).collect();
        let key = Key::parse("a/b").unwrap();
        let mut part = local.begin().unwrap();
        append(&mut part, &[bytes.clone().into()]).unwrap();
        local.publish(part, &key).unwrap();
        // A file system that cannot tell what it has in memory gives nothing.
        let supported = local.read_cached(&key, &(0..1), 3000).is_some();
        for range in [0..3000, 0..1, 17..2050, 2999..3000] {
            let at = |n: u64| usize::try_from(n).unwrap();
            let expected = Some(Bytes::copy_from_slice(&bytes[at(range.start)..at(range.end)]));
            assert_eq!(local.read_cached(&key, &range, 3000), expected.filter(|_| supported), "{range:?}");
        }
        #[expect(clippy::reversed_empty_ranges, reason = "damaged rows have them")]
        for range in [0..3001, 2999..3001, 3000..3001, 5..2, 0..u64::MAX] {
            assert_eq!(local.read_cached(&key, &range, 5000), None, "{range:?}");
        }
        assert_eq!(local.read_cached(&key, &(0..3000), 2999), None, "more than is wanted at once");
        assert_eq!(local.read_cached(&Key::parse("a/c").unwrap(), &(0..1), 3000), None);
    }
}
