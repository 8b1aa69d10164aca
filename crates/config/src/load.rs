//! Reads and checks the settings.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use config::{Config, Environment, File, FileFormat};
use serde::Deserialize;

use crate::{ConfigError, Landlock, MediaDelivery, Secret, Settings, Signup, oidc};

#[derive(Debug, Deserialize)]
struct Raw {
    listen: String,
    public_url: Option<String>,
    data_dir: PathBuf,
    database_url: Option<String>,
    store_url: Option<String>,
    s3_endpoint: Option<String>,
    s3_public_endpoint: Option<String>,
    secret: Option<String>,
    secret_file: Option<PathBuf>,
    embedded_workers: u32,
    worker_slots: u32,
    landlock: String,
    whisper_model: String,
    model_dir: Option<PathBuf>,
    smtp_url: Option<String>,
    mail_from: String,
    media_delivery: String,
    signup: String,
    trusted_proxies: String,
    webhook_allow: String,
    max_upload_bytes: u64,
    metrics_listen: Option<String>,
    metrics_token: Option<String>,
    log: String,
    log_format: String,
    otlp_endpoint: Option<String>,
    test_clock: Option<PathBuf>,
    delete_grace_hours: u32,
    oidc_issuer: Option<String>,
    oidc_client_id: Option<String>,
    oidc_client_secret: Option<String>,
    oidc_client_secret_file: Option<PathBuf>,
    oidc_label: Option<String>,
    oidc_domains: String,
    oidc_workspace: Option<String>,
}

/// Reads the settings: defaults, the file, the environment.
///
/// # Errors
/// A value that cannot be used; the text names it.
pub fn load() -> Result<Settings, ConfigError> {
    let file = std::env::var("MERIDIAN_CONFIG").ok();
    let source = match &file {
        Some(path) => File::new(path, FileFormat::Toml).required(true),
        None => File::new("meridian.toml", FileFormat::Toml).required(false),
    };
    let raw: Raw = Config::builder()
        .set_default("listen", "127.0.0.1:8080")?
        .set_default("data_dir", "data")?
        .set_default("embedded_workers", 1)?
        .set_default("worker_slots", 1)?
        .set_default("landlock", "optional")?
        .set_default("whisper_model", "base")?
        .set_default("mail_from", "Meridian <meridian@localhost>")?
        .set_default("media_delivery", "proxy")?
        .set_default("signup", "invite")?
        .set_default("trusted_proxies", "")?
        .set_default("webhook_allow", "")?
        .set_default("max_upload_bytes", 8_i64 << 30)?
        .set_default("log", "info,sqlx=warn,sea_orm=warn")?
        .set_default("log_format", "text")?
        .set_default("delete_grace_hours", 24 * 7)?
        .set_default("oidc_domains", "")?
        .add_source(source)
        .add_source(Environment::with_prefix("MERIDIAN").prefix_separator("_").ignore_empty(true))
        .build()?
        .try_deserialize()?;
    check(raw)
}

fn invalid(name: &'static str, why: impl Into<String>) -> ConfigError {
    ConfigError::Invalid { name, why: why.into() }
}

fn address(name: &'static str, text: &str) -> Result<SocketAddr, ConfigError> {
    text.parse().map_err(|e: std::net::AddrParseError| {
        invalid(name, format!("{text:?} is no address with a port ({e}), such as 127.0.0.1:8080"))
    })
}

/// A list of addresses and networks, each checked.
fn networks(name: &'static str, text: &str) -> Result<Vec<String>, ConfigError> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (address, bits) = part.split_once('/').unwrap_or((part, "0"));
            if address.parse::<std::net::IpAddr>().is_ok() && bits.parse::<u8>().is_ok_and(|bits| bits <= 128)
            {
                return Ok(part.to_owned());
            }
            Err(invalid(name, format!("{part:?} is neither an address nor a network such as 10.0.0.0/8")))
        })
        .collect()
}

fn check(raw: Raw) -> Result<Settings, ConfigError> {
    let listen = address("MERIDIAN_LISTEN", &raw.listen)?;
    let data_dir = std::path::absolute(&raw.data_dir)
        .map_err(|e| invalid("MERIDIAN_DATA_DIR", format!("is no path: {e}")))?;
    if raw.test_clock.is_some() && !listen.ip().is_loopback() {
        return Err(invalid(
            "MERIDIAN_TEST_CLOCK",
            "moves time; it is refused unless the server listens on loopback",
        ));
    }
    Ok(Settings {
        listen,
        public_url: public_url(raw.public_url.as_deref(), listen)?,
        database_url: raw
            .database_url
            .unwrap_or_else(|| format!("sqlite://{}", data_dir.join("meridian.db").display())),
        store_url: raw.store_url.unwrap_or_else(|| format!("file://{}", data_dir.join("objects").display())),
        s3_endpoint: web_address("MERIDIAN_S3_ENDPOINT", raw.s3_endpoint)?,
        s3_public_endpoint: web_address("MERIDIAN_S3_PUBLIC_ENDPOINT", raw.s3_public_endpoint)?,
        secret: secret(raw.secret.as_deref(), raw.secret_file.as_deref(), &data_dir)?,
        embedded_workers: raw.embedded_workers,
        worker_slots: raw.worker_slots.max(1),
        landlock: word(
            "MERIDIAN_LANDLOCK",
            &raw.landlock,
            [("optional", Landlock::Optional), ("required", Landlock::Required)],
        )?,
        whisper_model: raw.whisper_model,
        model_dir: raw.model_dir.map_or_else(default_model_dir, Ok)?,
        smtp_url: raw.smtp_url,
        mail_from: raw.mail_from,
        media_delivery: word(
            "MERIDIAN_MEDIA_DELIVERY",
            &raw.media_delivery,
            [("proxy", MediaDelivery::Proxy), ("redirect", MediaDelivery::Redirect)],
        )?,
        signup: word("MERIDIAN_SIGNUP", &raw.signup, [("invite", Signup::Invite), ("open", Signup::Open)])?,
        trusted_proxies: raw
            .trusted_proxies
            .split(',')
            .map(str::trim)
            .filter(|s| !s.is_empty())
            .map(str::to_owned)
            .collect(),
        webhook_allow: networks("MERIDIAN_WEBHOOK_ALLOW", &raw.webhook_allow)?,
        max_upload_bytes: raw.max_upload_bytes,
        metrics_listen: raw
            .metrics_listen
            .map(|text| address("MERIDIAN_METRICS_LISTEN", &text))
            .transpose()?,
        metrics_token: raw.metrics_token,
        log: raw.log,
        log_json: raw.log_format == "json",
        otlp_endpoint: web_address("MERIDIAN_OTLP_ENDPOINT", raw.otlp_endpoint)?,
        test_clock: raw.test_clock,
        delete_grace_hours: raw.delete_grace_hours,
        oidc: oidc::check(oidc::Given {
            issuer: raw.oidc_issuer,
            client_id: raw.oidc_client_id,
            client_secret: raw.oidc_client_secret,
            client_secret_file: raw.oidc_client_secret_file.as_deref(),
            label: raw.oidc_label,
            domains: &raw.oidc_domains,
            workspace: raw.oidc_workspace.as_deref(),
        })?,
        data_dir,
    })
}

/// What one of two words means.
fn word<T>(name: &'static str, text: &str, words: [(&str, T); 2]) -> Result<T, ConfigError> {
    let [(one, first), (other, second)] = words;
    match text {
        text if text == one => Ok(first),
        text if text == other => Ok(second),
        text => Err(invalid(name, format!("{text:?} is neither {one} nor {other}"))),
    }
}

/// An address of a server, without a slash at the end.
fn web_address(name: &'static str, text: Option<String>) -> Result<Option<String>, ConfigError> {
    let Some(text) = text else { return Ok(None) };
    let parsed =
        url::Url::parse(&text).map_err(|e| invalid(name, format!("{text:?} is no address ({e})")))?;
    if !matches!(parsed.scheme(), "http" | "https") || parsed.query().is_some() {
        return Err(invalid(name, "has to look like https://s3.example"));
    }
    Ok(Some(text.trim_end_matches('/').to_owned()))
}

fn public_url(given: Option<&str>, listen: SocketAddr) -> Result<String, ConfigError> {
    let Some(text) = given else {
        let host =
            if listen.ip().is_unspecified() { "localhost".to_owned() } else { listen.ip().to_string() };
        return Ok(format!("http://{host}:{}", listen.port()));
    };
    let parsed = url::Url::parse(text)
        .map_err(|e| invalid("MERIDIAN_PUBLIC_URL", format!("{text:?} is no address ({e})")))?;
    if !matches!(parsed.scheme(), "http" | "https") || parsed.path() != "/" || parsed.query().is_some() {
        return Err(invalid(
            "MERIDIAN_PUBLIC_URL",
            "has to look like https://meridian.example, without a path",
        ));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn secret(text: Option<&str>, file: Option<&Path>, data_dir: &Path) -> Result<Secret, ConfigError> {
    // An empty variable is a mistake to name, not "not set": the environment source drops empty ones.
    if std::env::var("MERIDIAN_SECRET").is_ok_and(|value| value.trim().is_empty()) {
        return Secret::configured("");
    }
    match (text, file) {
        (Some(text), _) => Secret::configured(text),
        (None, Some(path)) => Secret::from_file(path),
        (None, None) => Secret::from_file(&data_dir.join("secret")),
    }
}

fn default_model_dir() -> Result<PathBuf, ConfigError> {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))
        .ok_or_else(|| {
            invalid("MERIDIAN_MODEL_DIR", "is needed where neither XDG_CACHE_HOME nor HOME is set")
        })?;
    Ok(cache.join("meridian/models"))
}
