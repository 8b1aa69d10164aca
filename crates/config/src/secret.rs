//! The one secret, and a key of its own for each purpose derived from it (HKDF-SHA256).

use std::fmt;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use hkdf::Hkdf;
use sha2::Sha256;

use crate::ConfigError;

/// What a key is for; two purposes never share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Access tokens.
    Access,
    /// Media tickets.
    Media,
    /// List cursors.
    Cursor,
    /// Hashes of stored tokens.
    TokenHash,
    /// Secrets of webhooks.
    Webhook,
    /// Links that end mail.
    Unsubscribe,
    /// Cookies of share links with a password.
    Share,
    /// Addresses of exports.
    Export,
    /// Nonce and code verifier of a sign-in at an OpenID Connect provider.
    SignIn,
    /// Telling one secret from another.
    Fingerprint,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Access => b"meridian access v1",
            Self::Media => b"meridian media v1",
            Self::Cursor => b"meridian cursor v1",
            Self::TokenHash => b"meridian token hash v1",
            Self::Webhook => b"meridian webhook v1",
            Self::Unsubscribe => b"meridian unsubscribe v1",
            Self::Share => b"meridian share v1",
            Self::Export => b"meridian export v1",
            Self::SignIn => b"meridian sign-in v1",
            Self::Fingerprint => b"meridian fingerprint v1",
        }
    }
}

/// The secret. Its Debug shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Values that stand in examples; an instance that uses one is open to everybody.
const WELL_KNOWN: &[&str] = &["changeme", "change-me", "secret", "password", "meridian", "default"];

impl Secret {
    /// Checks a configured secret.
    ///
    /// # Errors
    /// Empty, shorter than 32 characters, or a well-known example.
    pub fn configured(text: &str) -> Result<Self, ConfigError> {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        let one_letter = text.chars().next().is_some_and(|first| text.chars().all(|c| c == first));
        if text.len() < 32 || one_letter || WELL_KNOWN.iter().any(|w| lower.replace(w, "").is_empty()) {
            return Err(ConfigError::Invalid {
                name: "MERIDIAN_SECRET",
                why: "needs at least 32 characters that nobody can guess; `openssl rand -hex 32` makes one"
                    .to_owned(),
            });
        }
        Ok(Self(text.as_bytes().to_vec()))
    }

    /// Reads the secret's file, or makes it with mode 0600 where it is missing.
    ///
    /// # Errors
    /// The file cannot be read or made, or holds a bad secret.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let failed = |source| ConfigError::SecretFile { path: path.to_owned(), source };
        match std::fs::read_to_string(path) {
            Ok(text) => Self::configured(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::make(path).map_err(failed),
            Err(error) => Err(failed(error)),
        }
    }

    fn make(path: &Path) -> std::io::Result<Self> {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let text = hex::encode(rand::random::<[u8; 32]>());
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok(Self(text.into_bytes()))
    }

    /// The key for one purpose.
    pub fn key(&self, purpose: Purpose) -> [u8; 32] {
        let mut key = [0_u8; 32];
        // 32 bytes are always within what HKDF-SHA256 can expand to, so this cannot fail.
        if Hkdf::<Sha256>::new(None, &self.0).expand(purpose.label(), &mut key).is_err() {
            unreachable!("HKDF-SHA256 expands to 32 bytes");
        }
        key
    }

    /// Tells this secret from another one, and nothing else about it.
    pub fn fingerprint(&self) -> String {
        hex::encode(self.key(Purpose::Fingerprint).get(..8).unwrap_or_default())
    }

    /// Writes it to a file (mode 0600), in place of one that is there.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        let new = path.with_extension("new");
        let mut file =
            std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(&self.0)?;
        file.sync_all()?;
        std::fs::rename(&new, path)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn empty_short_and_well_known_secrets_are_refused() {
        for bad in [
            "",
            "   ",
            "short",
            "0123456789abcdef0123456789abcde",
            "changemechangemechangemechangeme",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "SecretSecretSecretSecretSecretSecret",
        ] {
            assert!(Secret::configured(bad).is_err(), "{bad:?}");
        }
        Secret::configured("0123456789abcdef0123456789abcdef").unwrap();
    }

    #[test]
    fn a_secret_is_made_once_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data").join("secret");
        let made = Secret::from_file(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(made == Secret::from_file(&path).unwrap(), "the same the next time");
        let other = Secret::from_file(&dir.path().join("other")).unwrap();
        assert!(made != other);
        // What somebody emptied stops the start instead of being replaced: all tokens would end.
        std::fs::write(&path, "").unwrap();
        assert!(Secret::from_file(&path).is_err());
    }

    #[test]
    fn every_purpose_has_a_key_of_its_own_and_debug_shows_none() {
        let secret = Secret::configured("0123456789abcdef0123456789abcdef").unwrap();
        let purposes = [Purpose::Access, Purpose::Media, Purpose::Cursor, Purpose::TokenHash];
        let mut keys: Vec<[u8; 32]> = purposes.into_iter().map(|purpose| secret.key(purpose)).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), purposes.len());
        assert_eq!(format!("{secret:?}"), "Secret(..)");
    }
}
