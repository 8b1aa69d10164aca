//! The database and the object store that the settings name.

use meridian_blobs::{BlobError, Blobs, S3Options};
use meridian_config::Settings;
use meridian_store::{Store, StoreError, StoreOptions};

/// Opens the database.
///
/// # Errors
/// As [`Store::open`].
pub async fn open_store(settings: &Settings) -> Result<Store, StoreError> {
    let options = StoreOptions { url: settings.database_url.clone(), max_readers: 8 };
    Store::open(&options, settings.clock()).await
}

/// Opens the object store.
///
/// # Errors
/// As [`Blobs::open_with`].
pub fn open_blobs(settings: &Settings) -> Result<Blobs, BlobError> {
    let s3 = S3Options {
        endpoint: settings.s3_endpoint.clone(),
        public_endpoint: settings.s3_public_endpoint.clone(),
        key: None,
    };
    Blobs::open_with(&settings.store_url, &s3)
}
