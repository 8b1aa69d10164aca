//! `meridian-worker doctor`: what this worker can do here, as JSON. `meridian-server doctor` asks it and says the rest.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use serde::Serialize;

use crate::model::{self, ModelState};

/// How the child ends when its sandbox stands and nobody has a job for it.
const NOBODY_THERE: i32 = 22;

#[derive(Debug, Serialize)]
struct Told {
    version: &'static str,
    /// Decoders and encoders that ffmpeg lacks.
    codecs_missing: Vec<&'static str>,
    /// `None`: the sandbox stands.
    sandbox_error: Option<String>,
    landlock: bool,
    model: String,
    model_state: ModelState,
}

/// What there is, as one line of JSON.
pub(crate) fn told(setting: &str) -> Result<String, serde_json::Error> {
    let (model, model_state) = model::look(setting);
    serde_json::to_string(&Told {
        version: env!("CARGO_PKG_VERSION"),
        codecs_missing: meridian_media::missing_codecs(),
        sandbox_error: sandbox().err(),
        landlock: meridian_media::sandbox::has_landlock(),
        model,
        model_state,
    })
}

/// Starts a media child that finds nobody at its socket: it locks itself in first.
fn sandbox() -> Result<(), String> {
    let failed = |error: std::io::Error| error.to_string();
    let (ours, theirs) = UnixStream::pair().map_err(failed)?;
    drop(ours);
    let program = std::env::current_exe().map_err(failed)?;
    let done = Command::new(program)
        .arg("media-child")
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .output()
        .map_err(failed)?;
    if done.status.code() == Some(NOBODY_THERE) {
        return Ok(());
    }
    Err(format!("{}: {}", done.status, String::from_utf8_lossy(&done.stderr).trim()))
}
