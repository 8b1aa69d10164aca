//! What an earlier version left is shown, plays and is found after an upgrade.

use std::path::Path;
use std::process::Command;

use super::instance::Instance;

/// A data folder that the first schema left (see the README beside it), unpacked.
pub(super) fn left_by_the_first_schema() -> tempfile::TempDir {
    let dir = tempfile::TempDir::new().unwrap();
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/upgrade/first-schema.tar.gz");
    let done = Command::new("tar").arg("-xzf").arg(packed).arg("-C").arg(dir.path()).status().unwrap();
    assert!(done.success());
    dir
}

#[tokio::test]
async fn what_the_first_schema_left_is_all_there() {
    let mut instance = Instance::start_in(left_by_the_first_schema(), Some("2026-12-01T09:00:00Z")).await;
    let folder = instance.pictures().into();
    instance.plays("upgraded.mjs", [folder]).await;
}
