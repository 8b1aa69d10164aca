//! What the worker beside this server says of itself: codecs, sandbox, model.

use meridian_config::{Landlock, Settings};
use serde::Deserialize;
use tokio::process::Command;

use super::Check;
use crate::supervisor;

#[derive(Debug, Deserialize)]
struct Told {
    version: String,
    codecs_missing: Vec<String>,
    sandbox_error: Option<String>,
    landlock: bool,
    model: String,
    model_state: String,
}

pub(super) async fn check(settings: &Settings) -> Vec<Check> {
    let told = match ask(settings).await {
        Ok(told) => told,
        Err(why) if settings.embedded_workers == 0 => {
            let fix = "ask each of the others by `meridian-worker doctor`";
            return vec![Check::warn("worker", format!("none beside this server ({why})"), fix)];
        }
        Err(why) => return vec![Check::fail("worker", why, "put meridian-worker beside meridian-server")],
    };
    let mut checks = Vec::new();
    let own = env!("CARGO_PKG_VERSION");
    checks.push(if told.version == own {
        Check::ok("worker", format!("version {own}"))
    } else {
        Check::warn(
            "worker",
            format!("version {}, the server {own}", told.version),
            "install both from one release",
        )
    });
    checks.push(if told.codecs_missing.is_empty() {
        Check::ok("codecs", "ffmpeg has all")
    } else {
        let found = format!("ffmpeg lacks {}", told.codecs_missing.join(", "));
        Check::fail("codecs", found, "install ffmpeg's libraries with libx264 and libdav1d")
    });
    checks.push(match (told.sandbox_error, told.landlock) {
        (Some(why), _) => Check::fail(
            "sandbox",
            why,
            "the kernel or container has to allow seccomp filters (see docs/OPERATIONS.md)",
        ),
        (None, true) => Check::ok("sandbox", "limits, Landlock and the filter of system calls stand"),
        (None, false) if settings.landlock == Landlock::Required => Check::fail(
            "sandbox",
            "this kernel has no Landlock, and MERIDIAN_LANDLOCK is required: the worker does not start",
            "Linux 5.13 or newer with landlock among its security modules, or MERIDIAN_LANDLOCK=optional",
        ),
        (None, false) => Check::warn(
            "sandbox",
            "limits and the filter of system calls stand; this kernel has no Landlock",
            "Linux 5.13 or newer with landlock among its security modules gives the second wall",
        ),
    });
    checks.push(model(&told.model, &told.model_state));
    checks
}

fn model(path: &str, state: &str) -> Check {
    let fetch = "`meridian-worker model fetch`";
    match state {
        "whole" => Check::ok("model", format!("{path} has its sum")),
        "own" => Check::ok("model", format!("{path}, a model of your own")),
        "missing" => {
            Check::warn("model", format!("{path} is not there: recordings get no transcript"), fetch)
        }
        _ => Check::fail("model", format!("{path} has another sum than it should"), fetch),
    }
}

async fn ask(settings: &Settings) -> Result<Told, String> {
    let program = supervisor::program().map_err(|error| error.to_string())?;
    let done = Command::new(&program)
        .arg("doctor")
        .arg(&settings.whisper_model)
        .env("MERIDIAN_MODEL_DIR", &settings.model_dir)
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| format!("{}: {error}", program.display()))?;
    if !done.status.success() {
        let said: String = String::from_utf8_lossy(&done.stderr).trim().chars().take(300).collect();
        return Err(format!("meridian-worker ends with {}: {said}", done.status));
    }
    serde_json::from_slice(&done.stdout)
        .map_err(|error| format!("meridian-worker says something else: {error}"))
}
