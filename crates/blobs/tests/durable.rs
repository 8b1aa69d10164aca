//! The order of system calls that makes an object survive a power cut, seen by strace.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::process::Command;

use bytes::Bytes;
use meridian_blobs::{Blobs, Key};

const CHILD: &str = "MERIDIAN_BLOBS_TRACED_FOLDER";

/// What the traced process does: one object in two new folders.
#[tokio::test]
async fn traced_child() {
    let Ok(folder) = std::env::var(CHILD) else { return };
    let blobs = Blobs::open(&format!("file://{folder}/store")).unwrap();
    blobs.put_new(&Key::parse("a/b/object").unwrap(), Bytes::from_static(b"bytes")).await.unwrap();
}

/// `fsync(9</tmp/x/a>)` and its like as `(call, path below the folder)`, in order.
fn calls(trace: &str, folder: &str) -> Vec<(String, String)> {
    let mut calls = Vec::new();
    for line in trace.lines().filter(|line| line.contains(" = 0")) {
        let call = line.split_whitespace().find(|word| word.contains('(')).unwrap();
        let name = call.split('(').next().unwrap();
        // Of a rename the new name counts, which stands last.
        let Some(at) = line.rfind(folder) else { continue };
        let path = line[at + folder.len()..].split(['"', '>']).next().unwrap();
        calls.push((name.to_owned(), path.to_owned()));
    }
    calls
}

#[test]
fn file_and_every_new_folder_are_synced_before_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let traced = Command::new("strace")
        .args(["-f", "-y", "-e", "trace=fsync,fdatasync,mkdir,mkdirat,rename,renameat,renameat2,link,linkat"])
        .arg("-o")
        .arg(&trace)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "traced_child", "--test-threads=1"])
        .env(CHILD, folder.path())
        .output();
    let ran = traced.as_ref().is_ok_and(|out| out.status.success());
    if !ran {
        eprintln!("skipped: strace is missing or may not trace here: {traced:?}");
        return;
    }
    let trace = std::fs::read_to_string(&trace).unwrap();
    let calls = calls(&trace, folder.path().to_str().unwrap());
    let at = |what: &str, path: &str| {
        let found = calls.iter().position(|(call, p)| call.starts_with(what) && p == path);
        found.unwrap_or_else(|| panic!("no {what} of {path} in {calls:?}"))
    };
    let after = |from: usize, what: &str, path: &str| {
        let found = calls.iter().skip(from).any(|(call, p)| call.starts_with(what) && p == path);
        assert!(found, "no {what} of {path} after call {from} in {calls:?}");
    };
    // Each new folder's entry, in its parent.
    after(at("mkdir", "/store"), "fsync", "");
    after(at("mkdir", "/store/a"), "fsync", "/store");
    after(at("mkdir", "/store/a/b"), "fsync", "/store/a");
    // The bytes before the name, then the name.
    let named = calls.iter().position(|(call, p)| {
        (call.starts_with("rename") || call.starts_with("link")) && p == "/store/a/b/object"
    });
    let named = named.unwrap();
    let bytes_synced =
        calls.iter().take(named).any(|(call, p)| call == "fsync" && p.starts_with("/store/.incoming/"));
    assert!(bytes_synced, "{calls:?}");
    after(named, "fsync", "/store/a/b");
}
