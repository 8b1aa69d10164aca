//! A parent for tests: starts the child, serves a source, keeps what comes back.

use meridian_media::protocol::{
    self, Failure, Finished, FromChild, Probed, Rendition, Request, Segment, Source, ToChild,
};
use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// A test that waits longer than this has found a hang.
const PATIENCE: Duration = Duration::from_mins(4);

/// What a source answers to a read.
pub(crate) enum Answer {
    Data(Vec<u8>),
    Eof,
    Error,
    /// The parent goes away.
    Gone,
}

/// All that a child said.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) messages: Vec<(FromChild, Vec<u8>)>,
    /// Exit code; none for a signal.
    pub(crate) code: Option<i32>,
}

impl Outcome {
    pub(crate) fn finished(&self) -> &Finished {
        match self.messages.last() {
            Some((FromChild::Finished(finished), _)) => {
                assert_eq!(self.code, Some(0));
                finished
            }
            other => {
                panic!("not finished: {:?} with code {:?}", other.map(|(message, _)| message), self.code)
            }
        }
    }

    pub(crate) fn failure(&self) -> &Failure {
        match self.messages.last() {
            Some((FromChild::Failed(failure), _)) => {
                assert_eq!(self.code, Some(20));
                assert!(failure.detail.ends_with('.') && failure.detail.len() > 20, "{failure:?}");
                failure
            }
            other => panic!("not failed: {:?} with code {:?}", other.map(|(message, _)| message), self.code),
        }
    }

    pub(crate) fn probed(&self) -> &Probed {
        self.find(|message| match message {
            FromChild::Probed(probed) => Some(probed),
            _ => None,
        })
    }

    fn find<'a, T>(&'a self, pick: impl Fn(&'a FromChild) -> Option<T>) -> T {
        self.messages.iter().find_map(|(message, _)| pick(message)).expect("the message is missing")
    }

    pub(crate) fn renditions(&self) -> Vec<(&Rendition, &[u8])> {
        self.messages
            .iter()
            .filter_map(|(message, body)| match message {
                FromChild::Rendition(rendition) => Some((rendition, body.as_slice())),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn segments(&self, rendition: &str) -> Vec<(&Segment, &[u8])> {
        self.messages
            .iter()
            .filter_map(|(message, body)| match message {
                FromChild::Segment(segment) if segment.rendition == rendition => {
                    Some((segment, body.as_slice()))
                }
                _ => None,
            })
            .collect()
    }

    pub(crate) fn artefacts(&self) -> BTreeMap<&str, &[u8]> {
        self.messages
            .iter()
            .filter_map(|(message, body)| match message {
                FromChild::Artefact { name, .. } => Some((name.as_str(), body.as_slice())),
                _ => None,
            })
            .collect()
    }

    /// The speech samples in order; checks that they join.
    pub(crate) fn speech(&self) -> Vec<i16> {
        let mut out = Vec::new();
        for (message, body) in &self.messages {
            if let FromChild::Pcm { start_sample } = message {
                assert_eq!(*start_sample, u64::try_from(out.len()).unwrap());
                out.extend(body.chunks(2).map(|pair| i16::from_le_bytes(pair.try_into().unwrap())));
            }
        }
        out
    }

    /// A rendition as one fragmented MP4: its init bytes and all its segments.
    pub(crate) fn as_mp4(&self, name: &str) -> Vec<u8> {
        let init = self.renditions().into_iter().find(|(rendition, _)| rendition.name == name).unwrap().1;
        let mut out = init.to_vec();
        self.segments(name).iter().for_each(|(_, bytes)| out.extend(*bytes));
        out
    }

    /// What must hold for every finished pass.
    pub(crate) fn check_segments(&self) {
        let mut names: Vec<&str> =
            self.renditions().iter().map(|(rendition, _)| rendition.name.as_str()).collect();
        names.dedup();
        assert!(!names.is_empty());
        for name in names {
            let segments = self.segments(name);
            let target = self.renditions().iter().find(|(r, _)| r.name == name).unwrap().0.target_duration_s;
            let mut end_us = 0;
            for (index, (segment, bytes)) in segments.iter().enumerate() {
                assert_eq!(usize::try_from(segment.seq).unwrap(), index, "{name}");
                assert_eq!(segment.start_us, end_us, "{name} has a hole before segment {index}");
                assert!(segment.independent, "{name} segment {index} begins without a key frame");
                assert!(segment.duration_us < u64::from(target) * 1_000_000 + 500_000, "{name} {segment:?}");
                assert_eq!(bytes.get(4..8), Some(&b"moof"[..]));
                end_us += segment.duration_us;
            }
        }
    }
}

/// Starts a child with all its walls.
pub(crate) fn start(layers: &[&str]) -> (Child, UnixStream) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_media-dev"));
    command.arg("child").args(layers);
    spawn(command)
}

fn spawn(mut command: Command) -> (Child, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let child = command.stdin(Stdio::from(OwnedFd::from(theirs))).stdout(Stdio::null()).spawn().unwrap();
    (child, ours)
}

/// Runs a request; `serve` answers reads and sees every other message go by.
pub(crate) fn run_with(request: &Request, serve: impl FnMut(u64, u32, &Outcome) -> Answer) -> Outcome {
    run_child(start(&[]), request, serve)
}

/// Runs bytes that are all there, under strace; gives what it wrote of these calls. Only they stop the child.
pub(crate) fn run_traced(bytes: &[u8], calls: &[&str]) -> (Outcome, String) {
    let trace = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new("strace");
    let calls: Vec<String> = calls.iter().map(|call| format!("?{call}")).collect();
    command.args(["-f", "-qq", "--seccomp-bpf", "-e", &format!("trace={}", calls.join(",")), "-o"]);
    command.arg(trace.path()).arg(env!("CARGO_BIN_EXE_media-dev")).arg("child");
    let size_bytes = u64::try_from(bytes.len()).unwrap();
    let request = Request::transcode(Source::Seekable { size_bytes });
    let outcome = run_child(spawn(command), &request, from_bytes(bytes, usize::MAX));
    (outcome, std::fs::read_to_string(trace.path()).unwrap())
}

fn run_child(
    (mut child, mut ours): (Child, UnixStream),
    request: &Request,
    mut serve: impl FnMut(u64, u32, &Outcome) -> Answer,
) -> Outcome {
    let (done, watch) = mpsc::channel::<()>();
    let id = child.id();
    let watchdog = std::thread::spawn(move || {
        if watch.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            let killed = Command::new("kill").args(["-9", &id.to_string()]).status();
            eprintln!("the child hung: {killed:?}");
        }
    });
    let mut outcome = Outcome::default();
    if protocol::write_frame(&mut ours, &ToChild::Start(request.clone()), &[]).is_ok() {
        while let Ok(Some(frame)) = protocol::read_frame::<FromChild>(&mut ours) {
            let FromChild::Read { offset, len } = frame.message else {
                outcome.messages.push((frame.message, frame.body));
                continue;
            };
            let sent = match serve(offset, len, &outcome) {
                Answer::Data(bytes) => protocol::write_frame(&mut ours, &ToChild::Data, &bytes),
                Answer::Eof => protocol::write_frame(&mut ours, &ToChild::Eof, &[]),
                Answer::Error => {
                    let detail = "the store is away".to_owned();
                    protocol::write_frame(&mut ours, &ToChild::SourceError { detail }, &[])
                }
                Answer::Gone => break,
            };
            if sent.is_err() {
                break;
            }
        }
    }
    drop(ours);
    outcome.code = child.wait().unwrap().code();
    drop(done);
    watchdog.join().unwrap();
    outcome
}

/// Answers from bytes in memory, at most `piece` at a time.
pub(crate) fn from_bytes(bytes: &[u8], piece: usize) -> impl FnMut(u64, u32, &Outcome) -> Answer {
    move |offset, len, _| {
        let start = usize::try_from(offset).unwrap().min(bytes.len());
        let count = usize::try_from(len).unwrap().min(piece).min(bytes.len() - start);
        match count {
            0 => Answer::Eof,
            _ => Answer::Data(bytes[start..start + count].to_vec()),
        }
    }
}

/// Runs bytes that are all there.
pub(crate) fn run_seekable(bytes: &[u8]) -> Outcome {
    let size_bytes = u64::try_from(bytes.len()).unwrap();
    run_with(&Request::transcode(Source::Seekable { size_bytes }), from_bytes(bytes, usize::MAX))
}

/// Runs bytes as they would arrive.
pub(crate) fn run_stream(bytes: &[u8]) -> Outcome {
    run_with(&Request::transcode(Source::Stream), from_bytes(bytes, 50_000))
}

/// A clip made by ffmpeg's program; `arguments` without the output, whose ending says the container.
pub(crate) fn made(arguments: &str, ending: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("clip.{ending}"));
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin"])
        .args(arguments.split(' ').filter(|argument| !argument.is_empty()))
        .arg(&path)
        .output()
        .expect("the ffmpeg command is needed");
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(&path).unwrap()
}

/// A recording that ships with the tests.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = root().join("tests/fixtures/media").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The larger collection of recordings, when this machine has it.
pub(crate) fn shared_media() -> Option<PathBuf> {
    let shared = std::env::var_os("MERIDIAN_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let media = shared.join("media");
    if media.join("manifest.json").exists() {
        return Some(media);
    }
    eprintln!("SKIPPED: no {} here (set MERIDIAN_SHARED)", media.display());
    None
}

/// The manifest's entries below a folder, by file name.
pub(crate) fn manifest(media: &Path, folder: &str) -> Vec<(String, serde_json::Value)> {
    let text = std::fs::read_to_string(media.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let all = manifest["files"].as_array().unwrap();
    let of_folder = all.iter().filter_map(|entry| {
        let file = entry["file"].as_str()?;
        let name = file.strip_prefix(folder)?.strip_prefix('/')?;
        let plain = !name.contains('/') && name.rsplit('.').next() != Some("json");
        plain.then(|| (name.to_owned(), entry.clone()))
    });
    of_folder.collect()
}
