//! Where models live, and which file a setting means.
use super::catalogue;
use super::error::ModelError;
use std::path::{Path, PathBuf};

/// The folder shared by all instances of a user: `MERIDIAN_MODEL_DIR`, else
/// `meridian/models` in the XDG cache folder. A second instance or a test run
/// finds there what the first has fetched.
pub(crate) fn folder() -> Result<PathBuf, ModelError> {
    folder_from(|key| std::env::var_os(key).filter(|v| !v.is_empty()).map(PathBuf::from))
}

fn folder_from(var: impl Fn(&str) -> Option<PathBuf>) -> Result<PathBuf, ModelError> {
    if let Some(dir) = var("MERIDIAN_MODEL_DIR") {
        return Ok(dir);
    }
    // The XDG specification: relative paths are to be ignored.
    let cache = var("XDG_CACHE_HOME")
        .filter(|p| p.is_absolute())
        .or_else(|| var("HOME").map(|home| home.join(".cache")))
        .ok_or(ModelError::NoFolder)?;
    Ok(cache.join("meridian").join("models"))
}

/// The file that `MERIDIAN_WHISPER_MODEL` means: the name of a model of the
/// catalogue ("base", also when empty), else a path. Whether it exists is not
/// looked at.
pub(crate) fn resolve(setting: &str) -> Result<PathBuf, ModelError> {
    let setting = if setting.is_empty() { catalogue::MODELS[0].name } else { setting };
    match catalogue::model(setting) {
        Some(model) => Ok(folder()?.join(model.file_name())),
        None if setting.contains('/') || Path::new(setting).extension().is_some_and(|e| e == "bin") => {
            Ok(PathBuf::from(setting))
        }
        None => Err(ModelError::Unknown(setting.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(vars: &[(&str, &str)]) -> Result<PathBuf, ModelError> {
        folder_from(|key| vars.iter().find(|(k, _)| *k == key).map(|(_, v)| PathBuf::from(v)))
    }

    #[test]
    fn the_folder_follows_the_environment() {
        assert_eq!(with(&[("MERIDIAN_MODEL_DIR", "/m"), ("HOME", "/h")]).unwrap(), Path::new("/m"));
        assert_eq!(
            with(&[("XDG_CACHE_HOME", "/c"), ("HOME", "/h")]).unwrap(),
            Path::new("/c/meridian/models")
        );
        assert_eq!(
            with(&[("XDG_CACHE_HOME", "relative"), ("HOME", "/h")]).unwrap(),
            Path::new("/h/.cache/meridian/models")
        );
        assert!(matches!(with(&[]), Err(ModelError::NoFolder)));
    }

    #[test]
    fn a_setting_is_a_name_or_a_path() {
        assert!(resolve("").unwrap().ends_with("ggml-base-q8_0.bin"));
        assert!(resolve("tiny.en").unwrap().ends_with("ggml-tiny.en-q8_0.bin"));
        assert_eq!(resolve("/x/other").unwrap(), Path::new("/x/other"));
        assert_eq!(resolve("mine.bin").unwrap(), Path::new("mine.bin"));
        assert!(matches!(resolve("huge"), Err(ModelError::Unknown(_))));
    }
}
