//! Server and token, kept in the user's configuration folder with mode 0600.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// Where to go and as whom.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Profile {
    /// Without a slash at the end.
    pub(crate) url: String,
    /// An API token.
    pub(crate) token: String,
}

impl Profile {
    fn path() -> anyhow::Result<PathBuf> {
        let base = std::env::var_os("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))
            .context("neither XDG_CONFIG_HOME nor HOME is set")?;
        Ok(base.join("meridian/cli.json"))
    }

    /// From `MERIDIAN_URL` and `MERIDIAN_TOKEN`, else what `login` kept.
    pub(crate) fn load() -> anyhow::Result<Self> {
        if let (Ok(url), Ok(token)) = (std::env::var("MERIDIAN_URL"), std::env::var("MERIDIAN_TOKEN")) {
            return Ok(Self { url: url.trim_end_matches('/').to_owned(), token });
        }
        let text = std::fs::read_to_string(Self::path()?).context("sign in first: meridian login URL")?;
        serde_json::from_str(&text).context("the kept sign-in cannot be read; run meridian login again")
    }

    /// Keeps it for later calls.
    pub(crate) fn save(&self) -> anyhow::Result<()> {
        let path = Self::path()?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file =
            std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        file.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
        Ok(())
    }
}
