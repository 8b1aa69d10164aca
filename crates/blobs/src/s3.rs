//! S3 and what speaks its protocol.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, S3ConditionalPut};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::signer::{HeaderName, HeaderValue, Method, SignedUrlOptions, Signer as _};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};

use crate::remote::Remote;
use crate::{BlobError, Key};

/// A store that does not answer is told so after this time; whoever uploads tries again.
const RETRY_FOR: Duration = Duration::from_secs(20);
/// How often a request that fails is sent again.
const RETRIES: usize = 6;
/// A request without any answer ends after this time; a part has at most 8 MiB.
const REQUEST_TIME: Duration = Duration::from_secs(30);

/// Settings of S3 beside its address. What is not set comes from the environment (`AWS_*`).
#[derive(Clone, Debug, Default)]
pub struct S3Options {
    /// Where the store is, such as `http://127.0.0.1:8333`; not set: Amazon's. The bucket stands in the path.
    pub endpoint: Option<String>,
    /// Where browsers reach the same store, for presigned addresses; not set: at the endpoint.
    pub public_endpoint: Option<String>,
    /// Name and secret of the key; not set: from the environment.
    pub key: Option<(String, String)>,
}

/// Signs addresses.
#[derive(Clone, Debug)]
pub(crate) struct Presigner {
    store: Arc<AmazonS3>,
    prefix: Path,
}

impl Presigner {
    /// An address to GET one object at, which is told to be of this type.
    pub(crate) async fn address(
        &self,
        key: &Key,
        content_type: &str,
        valid_for: Duration,
    ) -> Result<String, BlobError> {
        let path: Path = self.prefix.parts().chain(Path::from(key.as_str()).parts()).collect();
        let options = SignedUrlOptions::new().with_query([
            ("response-content-type", content_type),
            ("response-cache-control", "private, max-age=86400, immutable"),
        ]);
        let signed = self.store.signed_url_opts(Method::GET, &path, valid_for, &options).await;
        signed.map(String::from).map_err(|source| BlobError::Remote { source })
    }

    /// An address at which the bucket's rules for pages of other origins can be PUT, by whoever sends this checksum.
    pub(crate) async fn cors_address(
        &self,
        checksum_sha256: &str,
        valid_for: Duration,
    ) -> Result<String, BlobError> {
        let checksum = HeaderValue::from_str(checksum_sha256)
            .map_err(|_not_ascii| BlobError::InvalidUrl { reason: "the checksum is no header" })?;
        let options = SignedUrlOptions::new()
            .with_query([("cors", "")])
            .with_signed_header(HeaderName::from_static("x-amz-checksum-sha256"), checksum);
        let signed = self.store.signed_url_opts(Method::PUT, &Path::default(), valid_for, &options).await;
        signed.map(String::from).map_err(|source| BlobError::Remote { source })
    }
}

/// Opens `bucket` or `bucket/prefix`.
pub(crate) fn open(place: &str, options: &S3Options) -> Result<Remote, BlobError> {
    // Of the whole process; whoever was first has installed the same one.
    drop(rustls::crypto::ring::default_provider().install_default());
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    let prefix = prefix.trim_end_matches('/');
    if bucket.is_empty() || bucket.contains(['?', '#', '@', ':']) {
        return Err(BlobError::InvalidUrl { reason: "s3:// needs a bucket: s3://bucket/prefix" });
    }
    if !prefix.is_empty() {
        Key::parse(prefix).map_err(|_e| BlobError::InvalidUrl { reason: "the prefix cannot be used" })?;
    }
    let build = |endpoint: Option<&str>, retries: usize| {
        let built = builder(bucket, endpoint, options, retries).build();
        built.map_err(|source| BlobError::Remote { source })
    };
    let endpoint = options.endpoint.as_deref();
    let store = PrefixStore::new(build(endpoint, RETRIES)?, prefix);
    let putter = PrefixStore::new(build(endpoint, 0)?, prefix);
    let public = build(options.public_endpoint.as_deref().or(endpoint), RETRIES)?;
    let signer = Presigner { store: Arc::new(public), prefix: Path::from(prefix) };
    Ok(Remote::new(Arc::new(store), Arc::new(putter), Some(signer)))
}

fn builder(bucket: &str, endpoint: Option<&str>, options: &S3Options, max_retries: usize) -> AmazonS3Builder {
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        // Nothing is ever overwritten: the store itself has to refuse it.
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        .with_retry(RetryConfig { retry_timeout: RETRY_FOR, max_retries, backoff: BackoffConfig::default() })
        .with_client_options(
            ClientOptions::new()
                .with_timeout(REQUEST_TIME)
                .with_connect_timeout(Duration::from_secs(5))
                .with_allow_http(endpoint.is_some_and(|address| address.starts_with("http://"))),
        );
    if let Some(endpoint) = endpoint {
        builder = builder.with_endpoint(endpoint).with_virtual_hosted_style_request(false);
    }
    if let Some((name, secret)) = &options.key {
        builder = builder.with_access_key_id(name).with_secret_access_key(secret);
    }
    builder
}
