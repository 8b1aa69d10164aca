//! Object keys and the one place that says how they are laid out.

use std::fmt;

use crate::BlobError;

/// Longest key in bytes; short enough for every file system and object store.
const MAX_KEY_BYTES: usize = 512;
/// Longest single name in a key, below the 255 of common file systems.
const MAX_NAME_BYTES: usize = 128;

/// The name of one object: names of `[A-Za-z0-9_-.]` joined by `/`, none of them empty or starting with a dot.
///
/// So no key can leave the store's folder, hide, or mean something to a shell.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(String);

impl Key {
    /// Checks a key that was stored earlier.
    ///
    /// # Errors
    /// [`BlobError::InvalidKey`] when it breaks a rule above.
    pub fn parse(text: &str) -> Result<Self, BlobError> {
        let invalid = |reason| Err(BlobError::InvalidKey { reason });
        if text.is_empty() || text.len() > MAX_KEY_BYTES {
            return invalid("it is empty or too long");
        }
        for name in text.split('/') {
            if name.is_empty() || name.len() > MAX_NAME_BYTES {
                return invalid("a name in it is empty or too long");
            }
            if name.starts_with('.') {
                return invalid("a name in it starts with a dot");
            }
            if !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')) {
                return invalid("a name in it has other characters than letters, digits, '_', '-' and '.'");
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// The key as it is stored in the database.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How keys are laid out. Every key names its owner and the attempt that wrote it, so two writers never meet.
pub mod layout {
    use uuid::Uuid;

    use super::Key;

    /// Everything of one upload.
    pub fn upload_prefix(upload_id: Uuid) -> Key {
        Key(format!("uploads/{upload_id}"))
    }

    /// One part of an upload, by the offset (bytes) at which it begins. The random end keeps concurrent writers
    /// apart, of which only the one whose transaction wins is ever read.
    pub fn upload_part(upload_id: Uuid, start_offset: u64) -> Key {
        let nonce = Uuid::new_v4().simple();
        Key(format!("uploads/{upload_id}/{start_offset:012}-{nonce}"))
    }

    /// Everything that was made from one update's bytes.
    pub fn media_prefix(update_id: Uuid) -> Key {
        Key(format!("media/{update_id}"))
    }

    /// Everything of one attempt at an update's media.
    pub fn generation_prefix(update_id: Uuid, generation_id: Uuid) -> Key {
        Key(format!("media/{update_id}/{generation_id}"))
    }

    /// The init segment of a rendition. `rendition` is a short name such as `720p` or `audio`; `epoch` counts the
    /// discontinuities before it, from 0.
    ///
    /// # Errors
    /// [`crate::BlobError::InvalidKey`] when the rendition's name cannot stand in a key.
    pub fn init_segment(
        update_id: Uuid,
        generation_id: Uuid,
        rendition: &str,
        epoch: u32,
    ) -> Result<Key, crate::BlobError> {
        Key::parse(&format!("media/{update_id}/{generation_id}/{rendition}/init-{epoch}.mp4"))
    }

    /// One media segment of a rendition; `seq` counts from 0.
    ///
    /// # Errors
    /// [`crate::BlobError::InvalidKey`] when the rendition's name cannot stand in a key.
    pub fn media_segment(
        update_id: Uuid,
        generation_id: Uuid,
        rendition: &str,
        seq: u64,
    ) -> Result<Key, crate::BlobError> {
        Key::parse(&format!("media/{update_id}/{generation_id}/{rendition}/{seq:08}.m4s"))
    }

    /// A single file beside the segments, such as `poster.jpg`, `storyboard.jpg` or `peaks.json`. A new one may be
    /// written within a generation, hence the random part.
    ///
    /// # Errors
    /// [`crate::BlobError::InvalidKey`] when the name cannot stand in a key.
    pub fn artefact(update_id: Uuid, generation_id: Uuid, name: &str) -> Result<Key, crate::BlobError> {
        let nonce = Uuid::new_v4().simple();
        Key::parse(&format!("media/{update_id}/{generation_id}/{nonce}-{name}"))
    }

    /// Everything of one update's original that was rewritten after processing.
    pub fn original_prefix(update_id: Uuid) -> Key {
        Key(format!("originals/{update_id}"))
    }

    /// One 8 MiB part of an original that was rewritten after processing. `attempt` is the rewriting job's.
    pub fn original_part(update_id: Uuid, attempt: Uuid, seq: u64) -> Key {
        Key(format!("originals/{update_id}/{attempt}/{seq:08}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_could_leave_the_folder_is_no_key() {
        for text in [
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            "..",
            "a/../b",
            "./a",
            "a/.",
            "a/.hidden",
            "a\\b",
            "a\0b",
            "a b",
            "é",
            "a/%2e%2e/b",
            "a:b",
            "~",
        ] {
            assert!(Key::parse(text).is_err(), "{text:?}");
        }
        assert!(Key::parse(&"a/".repeat(300)).is_err());
        assert!(Key::parse(&"a".repeat(129)).is_err());
    }

    #[test]
    fn every_layout_is_a_key() {
        let (a, b) = (Uuid::new_v4(), Uuid::new_v4());
        for key in [
            layout::upload_prefix(a),
            layout::upload_part(a, 7),
            layout::media_prefix(a),
            layout::generation_prefix(a, b),
            layout::init_segment(a, b, "720p", 0).unwrap(),
            layout::media_segment(a, b, "720p", 3).unwrap(),
            layout::artefact(a, b, "poster.jpg").unwrap(),
            layout::original_part(a, b, u64::MAX),
        ] {
            assert_eq!(Key::parse(key.as_str()).unwrap(), key);
        }
        assert!(layout::media_segment(a, b, "../x", 3).is_err());
    }

    #[test]
    fn two_writers_of_one_part_get_two_keys() {
        let id = Uuid::new_v4();
        assert_ne!(layout::upload_part(id, 0), layout::upload_part(id, 0));
    }

    proptest! {
        #[test]
        fn a_key_stays_below_its_folder(text in any::<String>()) {
            if let Ok(key) = Key::parse(&text) {
                let path = std::path::Path::new(key.as_str());
                prop_assert!(path.components().all(|c| matches!(c, std::path::Component::Normal(_))));
            }
        }
    }
}
