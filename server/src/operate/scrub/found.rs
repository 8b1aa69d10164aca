//! What a look at all objects found.

use serde::Serialize;
use uuid::Uuid;

use crate::operate::size;

/// An object that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// The update that it belongs to.
    pub update: Uuid,
    /// Its key.
    pub key: String,
    /// What is wrong with it.
    pub why: String,
}

/// An object that no row names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Orphan {
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// How old it is, in hours.
    pub age_hours: u64,
    /// Whether it was deleted.
    pub deleted: bool,
}

/// What was found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Scrubbed {
    /// Updates that were looked at.
    pub updates: u64,
    /// Objects that rows name.
    pub objects: u64,
    /// Their sizes together.
    pub object_bytes: u64,
    /// How many of them were compared with a backup's.
    pub compared: u64,
    /// Those that are missing or damaged.
    pub damaged: Vec<Damage>,
    /// Objects that no row names, older than an hour.
    pub orphans: Vec<Orphan>,
}

impl Scrubbed {
    /// Whether every object that rows name is there. Others only cost room.
    pub fn well(&self) -> bool {
        self.damaged.is_empty()
    }

    /// For people.
    pub fn words(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        for Damage { update, key, why } in &self.damaged {
            lines.push(format!("DAMAGED {key} (update {update}): {why}"));
        }
        for Orphan { key, size_bytes, age_hours, deleted } in &self.orphans {
            let deleted = if *deleted { ", deleted" } else { "" };
            lines.push(format!("ORPHAN {key} ({}, {age_hours} h old{deleted})", size(*size_bytes)));
        }
        let (bytes, orphan_bytes) =
            (size(self.object_bytes), size(self.orphans.iter().map(|orphan| orphan.size_bytes).sum()));
        lines.push(format!(
            "{} updates, {} objects ({bytes}): {} missing or damaged; {} that nothing names ({orphan_bytes}), {} deleted.",
            self.updates,
            self.objects,
            self.damaged.len(),
            self.orphans.len(),
            self.orphans.iter().filter(|orphan| orphan.deleted).count()
        ));
        if self.compared > 0 {
            lines.push(format!("{} have a sum in the backup, and were compared with it.", self.compared));
        }
        if !self.damaged.is_empty() {
            lines.push("A backup may have them: `meridian-server restore DIR --replace`.".to_owned());
        }
        lines.join("\n")
    }
}
