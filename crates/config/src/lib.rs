//! Settings: defaults, then `meridian.toml` (or `MERIDIAN_CONFIG`), then `MERIDIAN_*` variables. Checked once at
//! start; handed down as values, never kept in a static.
#![warn(missing_docs)]

mod load;
mod oidc;
mod secret;

use std::net::SocketAddr;
use std::path::PathBuf;

pub use load::load;
pub use oidc::{Hidden, Oidc};
pub use secret::{Purpose, Secret};

/// A setting that cannot be used; its text names the variable.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file or a variable cannot be read.
    #[error("the settings cannot be read")]
    Read(#[from] config::ConfigError),
    /// A value is out of its range.
    #[error("{name}: {why}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What is wrong and what would be right.
        why: String,
    },
    /// The secret's file cannot be read or made.
    #[error("the secret's file {path} cannot be used")]
    SecretFile {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Who may sign up after the first account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signup {
    /// With an invitation.
    Invite,
    /// Anybody.
    Open,
}

/// What a worker does where the kernel has no Landlock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Landlock {
    /// Says so in its log, and goes on: the filter of system calls alone keeps files closed.
    Optional,
    /// Does not start.
    Required,
}

/// How segments reach the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaDelivery {
    /// Through the server.
    Proxy,
    /// By 302 to a presigned address of the object store.
    Redirect,
}

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `MERIDIAN_LISTEN`: where the server listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// `MERIDIAN_PUBLIC_URL`: how people reach it, without a slash at the end; links are made from it.
    pub public_url: String,
    /// `MERIDIAN_DATA_DIR`: the one folder of the embedded set-up.
    pub data_dir: PathBuf,
    /// `MERIDIAN_DATABASE_URL`: default `sqlite://<data>/meridian.db`; or `postgres://user:password@host/database`.
    pub database_url: String,
    /// `MERIDIAN_STORE_URL`: default `file://<data>/objects`; or `s3://bucket/prefix` with the usual `AWS_*`.
    pub store_url: String,
    /// `MERIDIAN_S3_ENDPOINT`: where the S3 store is, if it is not Amazon's.
    pub s3_endpoint: Option<String>,
    /// `MERIDIAN_S3_PUBLIC_ENDPOINT`: where browsers reach it, for `MERIDIAN_MEDIA_DELIVERY=redirect`.
    pub s3_public_endpoint: Option<String>,
    /// `MERIDIAN_SECRET` or `MERIDIAN_SECRET_FILE`; made once in the data folder where neither is set.
    pub secret: Secret,
    /// `MERIDIAN_EMBEDDED_WORKERS`: how many worker processes the server starts and watches.
    pub embedded_workers: u32,
    /// `MERIDIAN_WORKER_SLOTS`: media jobs at the same time in one worker.
    pub worker_slots: u32,
    /// `MERIDIAN_LANDLOCK`: `optional` or `required`.
    pub landlock: Landlock,
    /// `MERIDIAN_WHISPER_MODEL`: `base`, `tiny.en` or a path.
    pub whisper_model: String,
    /// `MERIDIAN_MODEL_DIR`: where fetched models are kept.
    pub model_dir: PathBuf,
    /// `MERIDIAN_SMTP_URL`: `smtp://user:pass@host:port`; without it mail goes to `<data>/mail.log`.
    pub smtp_url: Option<String>,
    /// `MERIDIAN_MAIL_FROM`: the sender of mail.
    pub mail_from: String,
    /// `MERIDIAN_WEBHOOK_ALLOW`: addresses or networks (CIDR) beside the public internet that webhooks may reach.
    pub webhook_allow: Vec<String>,
    /// `MERIDIAN_MEDIA_DELIVERY`: `proxy` or `redirect`.
    pub media_delivery: MediaDelivery,
    /// `MERIDIAN_SIGNUP`: `invite` or `open`.
    pub signup: Signup,
    /// `MERIDIAN_TRUSTED_PROXIES`: addresses or networks (CIDR) whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    /// `MERIDIAN_MAX_UPLOAD_BYTES`.
    pub max_upload_bytes: u64,
    /// `MERIDIAN_METRICS_LISTEN`: an own listener for `/metrics`.
    pub metrics_listen: Option<SocketAddr>,
    /// `MERIDIAN_METRICS_TOKEN`: else `/metrics` on the main listener wants this bearer token.
    pub metrics_token: Option<String>,
    /// `MERIDIAN_LOG`: a filter such as `info,sqlx=warn`.
    pub log: String,
    /// `MERIDIAN_LOG_FORMAT`: `text` or `json`.
    pub log_json: bool,
    /// `MERIDIAN_OTLP_ENDPOINT`: a collector of OpenTelemetry traces (OTLP over HTTP), such as `http://collector:4318`.
    pub otlp_endpoint: Option<String>,
    /// `MERIDIAN_TEST_CLOCK`: a file with the present instant; on loopback only.
    pub test_clock: Option<PathBuf>,
    /// `MERIDIAN_DELETE_GRACE_HOURS`: how long a deleted update's bytes are kept.
    pub delete_grace_hours: u32,
    /// `MERIDIAN_OIDC_*`: sign-in by an OpenID Connect provider, where there is one.
    pub oidc: Option<Oidc>,
}

impl Settings {
    /// The domain clock that the settings ask for.
    pub fn clock(&self) -> meridian_domain::clock::Clock {
        self.test_clock.as_ref().map_or_else(meridian_domain::clock::Clock::system, |path| {
            meridian_domain::clock::Clock::from_file(path.clone())
        })
    }

    /// Whether people reach the server over TLS, so that cookies can be `Secure`.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}
