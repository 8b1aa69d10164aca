//! The object store keeps an object, gives a range of it, refuses a second one under its key, and forgets it.

use bytes::Bytes;
use meridian_blobs::{BlobError, Blobs, Key};
use meridian_config::Settings;

use super::{Check, chain};
use crate::operate::open_blobs;

const NAME: &str = "object store";

pub(super) async fn check(settings: &Settings) -> Vec<Check> {
    let wrong = "look at MERIDIAN_STORE_URL, MERIDIAN_S3_ENDPOINT and the AWS_* variables";
    let blobs = match open_blobs(settings) {
        Ok(blobs) => blobs,
        Err(error) => return vec![Check::fail(NAME, chain(&error), wrong)],
    };
    let key = match Key::parse(&format!("doctor/{}", uuid::Uuid::new_v4())) {
        Ok(key) => key,
        Err(error) => return vec![Check::fail(NAME, chain(&error), wrong)],
    };
    let done = used(&blobs, &key).await;
    // Whatever came before: nothing stays behind.
    let deleted = blobs.delete(&key).await;
    if let Err(check) = done {
        return vec![check];
    }
    if let Err(error) = deleted {
        return vec![Check::fail(NAME, format!("an object cannot be deleted: {}", chain(&error)), wrong)];
    }
    if !matches!(blobs.size_bytes(&key).await, Err(BlobError::NotFound { .. })) {
        return vec![Check::fail(
            NAME,
            "a deleted object is still there",
            "turn versioning off, or use another store",
        )];
    }
    vec![Check::ok(NAME, "put, range, refusal of a second put, and delete work")]
}

async fn used(blobs: &Blobs, key: &Key) -> Result<(), Check> {
    let bytes: Bytes = (0..=u8::MAX).cycle().take(65_536).collect::<Vec<u8>>().into();
    let failed = |what: &str, error: &BlobError| {
        let fix = "look whether the bucket or folder is there and this key or user may write to it";
        Check::fail(NAME, format!("{what}: {}", chain(error)), fix)
    };
    blobs.put_new(key, bytes.clone()).await.map_err(|e| failed("an object cannot be written", &e))?;
    let range = blobs.read(key, 1_000..3_000).await.map_err(|e| failed("a range cannot be read", &e))?;
    if bytes.get(1_000..3_000) != Some(range.as_ref()) {
        return Err(Check::fail(NAME, "a range has other bytes than were written", "use another store"));
    }
    match blobs.put_new(key, Bytes::from_static(b"another")).await {
        Err(BlobError::AlreadyExists { .. }) => Ok(()),
        Ok(()) => {
            let fix = "use a store that keeps `If-None-Match: *`, such as SeaweedFS, MinIO, or Amazon S3";
            Err(Check::fail(NAME, "an object was overwritten: conditional puts are not kept", fix))
        }
        Err(error) => Err(failed("a second put was refused, but otherwise than it should", &error)),
    }
}
