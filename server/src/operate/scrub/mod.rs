//! Looks for objects that are missing or damaged, and for such that no row names.
//!
//! Update by update: its rows first, then what lies below its prefixes, so that an upload that goes on meanwhile is never
//! taken for damage; what seems missing is asked for once more.

mod found;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use clap::Args;
use futures::TryStreamExt as _;
use meridian_blobs::{BlobError, Blobs, Key, Listed, layout};
use meridian_config::Settings;
use meridian_domain::clock::Clock;
use meridian_domain::ids::UpdateId;
use meridian_store::Store;
use meridian_store::repo::objects::{self, Owner};
use uuid::Uuid;

pub use self::found::{Damage, Orphan, Scrubbed};
use super::error::OperateError;
use super::format::{Entry, Manifest, Name, Walk, file_sum, snapshots};
use super::objects::sum;
use super::{open_blobs, open_store};

/// Objects that are younger may belong to something that is under way.
const SETTLED: Duration = Duration::from_hours(1);
/// Only objects that are older are deleted.
const OLD: Duration = Duration::from_hours(24);
/// Objects of a listing that are looked up at once.
const BATCH: usize = 1000;

/// `meridian-server scrub`.
#[derive(Clone, Debug, Args)]
pub struct ScrubArgs {
    /// Reads every object to its end, not only its size.
    #[arg(long)]
    pub read: bool,
    /// Reads every object and compares its sum with the one in the newest backup below this folder: that finds a flipped bit.
    #[arg(long, value_name = "BACKUP")]
    pub deep: Option<PathBuf>,
    /// Deletes objects that no row names and that are older than a day.
    #[arg(long)]
    pub delete_orphans: bool,
    /// Prints JSON.
    #[arg(long)]
    pub json: bool,
}

/// Looks at everything.
///
/// # Errors
/// What stopped it.
pub async fn look_for_damage(settings: &Settings, args: &ScrubArgs) -> Result<Scrubbed, OperateError> {
    let now_ms = u64::try_from(Clock::system().now_ms()).unwrap_or(0);
    let round = Round {
        store: open_store(settings).await?,
        blobs: open_blobs(settings)?,
        args,
        now: SystemTime::UNIX_EPOCH + Duration::from_millis(now_ms),
        domain_now_ms: settings.clock().now_ms(),
    };
    let mut sums = Walk::open(args.deep.as_deref().map(sums_of).transpose()?.as_deref())?;
    let mut found = Scrubbed::default();
    let mut after: Option<UpdateId> = None;
    loop {
        let owners = objects::owners(round.store.reader(), after).await?;
        let Some(last) = owners.last() else { break };
        after = Some(last.update_id);
        for owner in &owners {
            round.update(owner, &mut sums, &mut found).await?;
        }
    }
    round.strangers(&mut found).await?;
    Ok(found)
}

/// The list of objects of the newest backup in a folder, if it is whole itself.
fn sums_of(dir: &Path) -> Result<PathBuf, OperateError> {
    let refused = |why: &str| OperateError::Refused(format!("{}: {why}", dir.display()));
    let snapshot = snapshots(dir)?.pop().ok_or_else(|| refused("there is no whole backup"))?;
    let list = snapshot.join("objects.jsonl");
    if Manifest::read(&snapshot)?.objects.sha256 != file_sum(&list)? {
        return Err(refused("the list of objects of the newest backup is damaged"));
    }
    Ok(list)
}

struct Round<'a> {
    store: Store,
    blobs: Blobs,
    args: &'a ScrubArgs,
    now: SystemTime,
    domain_now_ms: i64,
}

impl Round<'_> {
    async fn update(&self, owner: &Owner, sums: &mut Walk, found: &mut Scrubbed) -> Result<(), OperateError> {
        let there = self.listed(owner).await?;
        found.updates += 1;
        found.objects += u64::try_from(owner.objects.len()).unwrap_or(0);
        for object in &owner.objects {
            let wanted = u64::try_from(object.size_bytes).unwrap_or(0);
            found.object_bytes += wanted;
            let listed = there.get(&object.key).map(|listed| listed.size_bytes);
            let why = match listed {
                Some(size) if size != wanted => Some(format!("it has {size} bytes of {wanted}")),
                Some(_) if self.reads() => {
                    let name = Name { update: owner.update_id.0, key: object.key.clone(), size: wanted };
                    let known = sums.find(&name);
                    found.compared += u64::from(known.is_some());
                    self.damaged(&name, known.as_ref()).await?
                }
                Some(_) => None,
                None => Some("it is missing".to_owned()),
            };
            if let Some(why) = why
                && self.still_wanted(owner, &object.key, wanted).await?
            {
                found.damaged.push(Damage { update: owner.update_id.0, key: object.key.clone(), why });
            }
        }
        let named: HashSet<&str> = owner.objects.iter().map(|object| object.key.as_str()).collect();
        let mut nameless: Vec<Listed> =
            there.into_values().filter(|listed| !named.contains(listed.key.as_str())).collect();
        nameless.retain(|listed| self.age(listed) > SETTLED);
        if !nameless.is_empty() {
            // Rows that came since then.
            let again = objects::of(self.store.reader(), &[owner.update_id]).await?;
            let named: BTreeSet<&str> =
                again.iter().flat_map(|owner| &owner.objects).map(|object| object.key.as_str()).collect();
            nameless.retain(|listed| !named.contains(listed.key.as_str()));
        }
        for listed in nameless {
            self.orphan(listed, found).await?;
        }
        Ok(())
    }

    /// All objects of an update, by their keys.
    async fn listed(&self, owner: &Owner) -> Result<BTreeMap<String, Listed>, OperateError> {
        let id = owner.update_id.0;
        let own = [layout::media_prefix(id), layout::original_prefix(id)];
        let uploads = owner.uploads.iter().map(|upload| layout::upload_prefix(*upload));
        let mut there = BTreeMap::new();
        for prefix in own.into_iter().chain(uploads) {
            let mut listed = self.blobs.list(Some(prefix));
            while let Some(object) = listed.try_next().await? {
                there.insert(object.key.as_str().to_owned(), object);
            }
        }
        Ok(there)
    }

    /// Whether objects are read, not only looked for.
    fn reads(&self) -> bool {
        self.args.read || self.args.deep.is_some()
    }

    /// Why an object cannot be read to its end, or is not what a backup has; `None`: it is well.
    async fn damaged(&self, name: &Name, known: Option<&Entry>) -> Result<Option<String>, OperateError> {
        match sum(&self.blobs, &Key::parse(&name.key)?, name.size).await {
            Ok(sum) if known.is_some_and(|known| known.sha256 != sum) => {
                Ok(Some("it has other bytes than its backup".to_owned()))
            }
            Ok(_) => Ok(None),
            Err(
                error @ (BlobError::NotFound { .. } | BlobError::Truncated { .. } | BlobError::Io { .. }),
            ) => Ok(Some(error.to_string())),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether rows name it now and it is not whole now: it may have been deleted or rewritten since.
    async fn still_wanted(&self, owner: &Owner, key: &str, size: u64) -> Result<bool, OperateError> {
        let again = objects::of(self.store.reader(), &[owner.update_id]).await?;
        let named = again.iter().any(|owner| {
            owner.purge_at_ms.is_none_or(|at| at > self.domain_now_ms)
                && owner.objects.iter().any(|object| object.key == key)
        });
        if !named {
            return Ok(false);
        }
        match self.blobs.size_bytes(&Key::parse(key)?).await {
            Ok(found) => Ok(found != size || self.reads()),
            Err(BlobError::NotFound { .. }) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    fn age(&self, listed: &Listed) -> Duration {
        self.now.duration_since(listed.modified).unwrap_or_default()
    }

    async fn orphan(&self, listed: Listed, found: &mut Scrubbed) -> Result<(), OperateError> {
        let age = self.age(&listed);
        let deleted = self.args.delete_orphans && age > OLD;
        if deleted {
            self.blobs.delete(&listed.key).await?;
        }
        found.orphans.push(Orphan {
            key: listed.key.as_str().to_owned(),
            size_bytes: listed.size_bytes,
            age_hours: age.as_secs() / 3600,
            deleted,
        });
        Ok(())
    }

    /// Objects of updates and uploads that are not there, or of nobody.
    async fn strangers(&self, found: &mut Scrubbed) -> Result<(), OperateError> {
        let mut listed = self.blobs.list(None);
        loop {
            let mut batch: Vec<Listed> = Vec::with_capacity(BATCH);
            while batch.len() < BATCH
                && let Some(object) = listed.try_next().await?
            {
                batch.push(object);
            }
            if batch.is_empty() {
                return Ok(());
            }
            let ids: BTreeSet<Uuid> = batch.iter().filter_map(|object| owner_of(&object.key)).collect();
            let ids: Vec<Uuid> = ids.into_iter().collect();
            let unknown: HashSet<Uuid> =
                objects::unknown(self.store.reader(), &ids).await?.into_iter().collect();
            for object in batch {
                let known = owner_of(&object.key).is_some_and(|id| !unknown.contains(&id));
                if !known && self.age(&object) > SETTLED {
                    self.orphan(object, found).await?;
                }
            }
        }
    }
}

/// The update or upload that a key names.
fn owner_of(key: &Key) -> Option<Uuid> {
    let mut names = key.as_str().split('/');
    matches!(names.next()?, "media" | "originals" | "uploads").then_some(())?;
    Uuid::parse_str(names.next()?).ok()
}
