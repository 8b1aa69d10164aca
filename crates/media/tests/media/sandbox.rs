//! Each wall on its own: what it stops with the others gone, and that the probe works without any.

use meridian_media::sandbox::probe::Attempt;
use std::collections::BTreeMap;
use std::process::Command;

const EPERM: i32 = libc::EPERM;

fn probe(layers: &[&str]) -> BTreeMap<String, i32> {
    let output = Command::new(env!("CARGO_BIN_EXE_media-dev")).arg("probe").args(layers).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    let attempts: Vec<Attempt> = serde_json::from_str(text.trim()).unwrap_or_else(|_| panic!("{text}"));
    attempts.into_iter().map(|attempt| (attempt.name, attempt.errno)).collect()
}

#[test]
fn without_walls_everything_that_is_tried_works() {
    let open = probe(&["open"]);
    assert!(open.len() >= 12);
    assert!(open.values().all(|errno| *errno == 0), "{open:?}");
}

#[test]
fn the_filter_alone_stops_network_files_programs_and_processes() {
    let found = probe(&["seccomp"]);
    for name in [
        "read_file",
        "write_file",
        "list_folder",
        "tcp_socket",
        "tcp_connect",
        "execute",
        "fork",
        "signal_parent",
    ] {
        assert_eq!(found[name], EPERM, "{name}: {found:?}");
    }
    assert_eq!(found["executable_memory"], EPERM);
    assert_eq!(found["thread"], 0, "decoders need threads");
    assert_eq!(found["memory_8_gib"], 0, "memory is not its business");
}

#[test]
fn the_limits_alone_bound_memory_and_files() {
    let found = probe(&["rlimits"]);
    assert_eq!(found["memory_8_gib"], libc::ENOMEM);
    assert_eq!(found["many_files"], libc::EMFILE);
    assert_eq!(found["read_file"], 0);
    assert_eq!(found["tcp_socket"], 0);
}

#[test]
fn landlock_alone_stops_files() {
    let Ok(lsm) = std::fs::read_to_string("/sys/kernel/security/lsm") else {
        eprintln!("SKIPPED: this kernel does not say whether it has Landlock");
        return;
    };
    if !lsm.contains("landlock") {
        eprintln!("SKIPPED: this kernel has no Landlock");
        return;
    }
    let found = probe(&["landlock"]);
    assert_eq!(found["read_file"], libc::EACCES);
    assert_eq!(found["write_file"], libc::EACCES);
    assert_eq!(found["list_folder"], libc::EACCES);
    assert_eq!(found["tcp_socket"], 0);
}

#[test]
fn all_together_leave_only_threads() {
    let mut found = probe(&[]);
    assert_eq!(found.remove("thread"), Some(0));
    assert!(found.values().all(|errno| *errno != 0), "{found:?}");
}
