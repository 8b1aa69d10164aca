//! A few rounds of the campaigns of `make soak` (`tests/campaigns`): power cuts, failing system calls, a full disk,
//! damaged files, what goes away, servers and workers that are restarted.

use std::path::Path;
use std::process::Command;

/// What a campaign ends with that cannot be run here (no root, no loop devices).
const LEFT_OUT: i32 = 3;

fn campaign(script: &str, arguments: &[&str]) {
    let tests = std::env::current_exe().unwrap();
    let programs = tests.parent().and_then(Path::parent).unwrap();
    let output = Command::new("python3")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns").join(script))
        .arg("--programs")
        .arg(programs)
        .args(arguments)
        .output()
        .expect("python3 is needed");
    let (told, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.code() == Some(LEFT_OUT) {
        eprintln!("{told}");
        return;
    }
    assert!(output.status.success(), "{script} {arguments:?}: {told}\n{errors}");
    eprintln!("{told}");
}

#[test]
fn a_power_cut_takes_nothing_that_was_acknowledged() {
    campaign("power_cut.py", &["--trials", "2", "--without", "1"]);
}

#[test]
fn a_full_disk_refuses_recordings_and_nothing_else() {
    campaign("full_disk.py", &[]);
}

#[test]
fn system_calls_that_fail_lose_nothing() {
    campaign("faults.py", &["--most", "2"]);
}

#[test]
fn damaged_files_end_ready_or_failed() {
    campaign("mutants.py", &["--count", "12"]);
}

#[test]
fn a_backup_beside_uploads_has_all_that_was_acknowledged() {
    campaign("backup.py", &["--trials", "2"]);
}

#[test]
fn what_an_instance_on_sqlite_loses_for_a_moment_costs_nothing() {
    campaign("outages.py", &["--setup", "embedded", "--trials", "5"]);
}

#[test]
fn what_an_instance_on_postgresql_and_s3_loses_for_a_moment_costs_nothing() {
    campaign("outages.py", &["--setup", "scaled", "--trials", "5"]);
}

#[test]
fn a_rolling_restart_fails_no_request() {
    campaign("rolling.py", &["--trials", "5"]);
}
