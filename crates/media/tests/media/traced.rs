//! System calls of the child, as strace sees them: once the walls stand, nothing is opened, connected or executed,
//! nor even tried.

use crate::support::{made, manifest, run_traced, shared_media};

/// Calls that reach out of the process, or change who it is.
const REACHES_OUT: &[&str] = &[
    "open",
    "openat",
    "openat2",
    "open_by_handle_at",
    "creat",
    "stat",
    "lstat",
    "newfstatat",
    "statx",
    "access",
    "faccessat",
    "faccessat2",
    "readlink",
    "readlinkat",
    "getdents64",
    "chdir",
    "mkdir",
    "mkdirat",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "chmod",
    "fchmodat",
    "chown",
    "mknod",
    "mount",
    "memfd_create",
    "socket",
    "socketpair",
    "connect",
    "bind",
    "listen",
    "accept",
    "accept4",
    "sendmsg",
    "recvmsg",
    "execve",
    "execveat",
    "fork",
    "vfork",
    "ptrace",
    "kill",
    "process_vm_readv",
    "setuid",
    "setgid",
    "io_uring_setup",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "ioctl",
];

/// Calls that a child makes in any case.
const SHOWS_THAT_IT_IS_TRACED: &[&str] = &["seccomp", "read", "recvfrom", "readv"];

/// The name of the call on a line of strace: `1234  openat(AT_FDCWD, ...`.
fn name(line: &str) -> &str {
    let call = line.split_once(' ').map_or("", |(_, rest)| rest.trim_start());
    call.split_once('(').map_or("", |(name, _)| name)
}

fn check(what: &str, bytes: &[u8]) {
    let (outcome, trace) = run_traced(bytes, &[REACHES_OUT, SHOWS_THAT_IT_IS_TRACED].concat());
    assert!(matches!(outcome.code, Some(0 | 20)), "{what}: {:?}", outcome.code);
    let lines: Vec<&str> = trace.lines().collect();
    let wall = lines.iter().rposition(|line| name(line) == "seccomp" && line.contains("FILTER"));
    let wall = wall.unwrap_or_else(|| panic!("{what}: the walls were never set up"));
    assert!(lines[..wall].iter().any(|line| name(line) == "openat"), "{what}: strace sees nothing");
    let after = &lines[wall + 1..];
    assert!(
        after.iter().any(|line| matches!(name(line), "read" | "recvfrom" | "readv")),
        "{what}: nothing was read"
    );
    // The C library's allocator asks this when it gives memory back; it is refused like everything else.
    let of_the_allocator =
        |line: &str| line.contains("\"/proc/sys/vm/overcommit_memory\"") && line.contains("= -1 EPERM");
    let wrong: Vec<&&str> =
        after.iter().filter(|line| REACHES_OUT.contains(&name(line)) && !of_the_allocator(line)).collect();
    assert!(wrong.is_empty(), "{what}: {wrong:#?}");
}

#[test]
fn files_made_to_reach_out_reach_nothing() {
    let lists: [(&str, &[u8]); 8] = [
        ("HLS", b"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"),
        ("HLS over HTTP", b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n"),
        ("concat", b"ffconcat version 1.0\nfile '/etc/passwd'\n"),
        ("SDP", b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 0\r\n"),
        ("DASH", b"<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><BaseURL>file:///etc/</BaseURL></MPD>"),
        ("SVG", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"file:///etc/passwd\"/></svg>"),
        ("PDF", b"%PDF-1.7\n1 0 obj\n<< /F (/etc/passwd) >>\n"),
        ("playlist", b"[playlist]\nFile1=/etc/passwd\nNumberOfEntries=1\n"),
    ];
    for (what, bytes) in lists {
        check(what, bytes);
    }
}

#[test]
fn attachments_cover_art_and_all_that_is_decoded_reach_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let attached = folder.path().join("attached.ttf");
    std::fs::write(&attached, b"#!/bin/sh\ntouch /tmp/attached\n").unwrap();
    let source = "-f lavfi -i testsrc2=s=320x180:r=25:d=2 -f lavfi -i sine=frequency=440:duration=2";
    let with_attachment = format!(
        "{source} -c:v libvpx -deadline realtime -c:a libopus -attach {} -metadata:s:t mimetype=font/ttf",
        attached.display()
    );
    check("MKV with an attachment", &made(&with_attachment, "mkv"));
    let picture = folder.path().join("cover.png");
    std::fs::write(&picture, made("-f lavfi -i color=red:s=64x64 -frames:v 1", "png")).unwrap();
    let with_cover = format!(
        "{source} -i {} -map 0 -map 1 -map 2 -c:v:0 libx264 -preset ultrafast -pix_fmt yuv420p -c:v:1 png -c:a aac \
         -disposition:v:1 attached_pic",
        picture.display()
    );
    check("MP4 with cover art", &made(&with_cover, "mp4"));
    check(
        "HEVC",
        &made(&format!("{source} -c:v libx265 -x265-params log-level=none -preset ultrafast"), "mp4"),
    );
    check("AV1", &made(&format!("{source} -c:v libsvtav1 -preset 12 -c:a libopus"), "webm"));
}

#[test]
fn every_hostile_file_reaches_nothing() {
    let Some(media) = shared_media() else { return };
    let entries = manifest(&media, "hostile");
    assert!(entries.len() > 15);
    for (name, _) in entries {
        check(&name, &std::fs::read(media.join("hostile").join(&name)).unwrap());
    }
}
