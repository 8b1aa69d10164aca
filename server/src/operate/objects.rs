//! Objects go from one store into another, each summed up on its way.

use std::path::Path;

use futures::{StreamExt as _, TryStreamExt as _};
use meridian_blobs::{BlobError, Blobs, Key};
use meridian_store::Conn;
use meridian_store::repo::objects;
use sha2::{Digest as _, Sha256};

use super::error::OperateError;
use super::format::{Entry, LineWriter, Name, ObjectSum, Walk, lines};

/// Objects that are on their way at the same time.
const AT_ONCE: usize = 8;

/// What a pass over all objects did.
#[derive(Debug, Default)]
pub(super) struct Pass {
    /// What there is now.
    pub(super) objects: ObjectSum,
    /// How many of them were copied.
    pub(super) copied: u64,
    /// Their sizes together.
    pub(super) copied_bytes: u64,
    /// What cannot be read at its source: the name, and why.
    pub(super) missing: Vec<(Name, String)>,
}

/// How much is read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// What is at its goal already is summed up there; nobody else writes there.
    Goal,
    /// It is compared with its source, and a new copy is read back.
    Both,
}

/// Writes the names of all objects to a file, sorted by update and key.
pub(super) async fn names(conn: &impl Conn, out: &Path) -> Result<(), OperateError> {
    let mut out = LineWriter::create(out)?;
    let mut after = None;
    loop {
        let owners = objects::owners(conn, after).await?;
        let Some(last) = owners.last() else { break };
        after = Some(last.update_id);
        for owner in &owners {
            for object in &owner.objects {
                let size = u64::try_from(object.size_bytes).unwrap_or(0);
                out.put(&Name { update: owner.update_id.0, key: object.key.clone(), size })?;
            }
        }
    }
    out.finish().map(drop)
}

/// The sum of an object's first bytes, in hexadecimal.
pub(super) async fn sum(blobs: &Blobs, key: &Key, size: u64) -> Result<String, BlobError> {
    let mut hash = Sha256::new();
    let mut pieces = blobs.stream(key.clone(), size, 0..size)?;
    while let Some(piece) = pieces.try_next().await? {
        hash.update(&piece);
    }
    Ok(hex::encode(hash.finalize()))
}

/// Copies an object under a key and gives its sum. One that has this key already stays.
pub(super) async fn copy(from: (&Blobs, &Key), to: (&Blobs, &Key), size: u64) -> Result<String, BlobError> {
    // A longer one is as damaged as a shorter one.
    if from.0.size_bytes(from.1).await? != size {
        return Err(BlobError::Truncated { key: from.1.clone(), start: 0, end: size });
    }
    let mut hash = Sha256::new();
    let mut writer = to.0.writer(to.1.clone());
    let mut pieces = from.0.stream(from.1.clone(), size, 0..size)?;
    while let Some(piece) = pieces.try_next().await? {
        hash.update(&piece);
        writer.write(piece).await?;
    }
    match writer.finish().await {
        Ok(_) | Err(BlobError::AlreadyExists { .. }) => Ok(hex::encode(hash.finalize())),
        Err(error) => Err(error),
    }
}

/// Brings all named objects to their goal. `earlier` is the list of an earlier pass, whose objects are only looked for;
/// `out` becomes the list of this one.
pub(super) async fn pass(
    from: &Blobs,
    to: &Blobs,
    care: Care,
    names: &Path,
    earlier: Option<&Path>,
    out: &Path,
) -> Result<Pass, OperateError> {
    let mut earlier = Walk::open(earlier)?;
    let mut list = LineWriter::create(out)?;
    let mut done = Pass::default();
    let work = lines::<Name>(names)?.map(|name| {
        name.map(|name| {
            let known = earlier.find(&name);
            bring(from, to, care, name, known)
        })
    });
    let mut work = futures::stream::iter(work).map(|begun| async move { begun?.await }).buffered(AT_ONCE);
    while let Some(brought) = work.next().await {
        match brought? {
            Brought::There { entry, copied } => {
                list.put(&entry)?;
                done.objects.count += 1;
                done.objects.bytes += entry.name.size;
                if copied {
                    done.copied += 1;
                    done.copied_bytes += entry.name.size;
                }
            }
            Brought::Missing { name, why } => done.missing.push((name, why)),
        }
    }
    drop(work);
    done.objects.sha256 = list.finish()?;
    Ok(done)
}

enum Brought {
    There { entry: Entry, copied: bool },
    Missing { name: Name, why: String },
}

async fn bring(
    from: &Blobs,
    to: &Blobs,
    care: Care,
    name: Name,
    known: Option<Entry>,
) -> Result<Brought, OperateError> {
    let key = Key::parse(&name.key)?;
    match to.size_bytes(&key).await {
        Ok(size) if size == name.size => {
            if let Some(entry) = known {
                return Ok(Brought::There { entry, copied: false });
            }
            let sha256 = sum(to, &key, size).await?;
            if care == Care::Goal || sum(from, &key, size).await.is_ok_and(|sum| sum == sha256) {
                return Ok(Brought::There { entry: Entry { name, sha256 }, copied: false });
            }
            to.delete(&key).await?;
        }
        // What is left of a disk that failed: an object is never half written.
        Ok(_) => to.delete(&key).await?,
        Err(BlobError::NotFound { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    match copy((from, &key), (to, &key), name.size).await {
        Ok(sha256) => {
            if care == Care::Both && sum(to, &key, name.size).await? != sha256 {
                return Err(OperateError::Differs(name.key));
            }
            Ok(Brought::There { entry: Entry { name, sha256 }, copied: true })
        }
        // Only reading says so.
        Err(error @ (BlobError::NotFound { .. } | BlobError::Truncated { .. })) => {
            Ok(Brought::Missing { why: error.to_string(), name })
        }
        Err(error) => Err(error.into()),
    }
}
