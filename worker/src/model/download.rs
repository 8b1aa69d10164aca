//! A file over HTTPS, going on where an earlier try broke off.
use super::error::ModelError;
use super::file;
use super::progress::Progress;
use reqwest::header::{CONTENT_RANGE, RANGE};
use reqwest::{Client, Response, StatusCode};
use std::path::Path;
use std::time::Duration;
use tokio::fs::OpenOptions;
use tokio::io::AsyncWriteExt as _;

/// A client that gives up soon where there is no way out: another source follows.
pub(super) fn client() -> Result<Client, ModelError> {
    // An error means that a provider is installed already, which is as well.
    rustls::crypto::ring::default_provider().install_default().ok();
    let client = Client::builder()
        .connect_timeout(Duration::from_secs(4))
        .read_timeout(Duration::from_secs(30))
        .build()?;
    Ok(client)
}

/// Downloads `url` to `part`, keeping what is there already, and checks the
/// sum of the whole. On a broken connection `part` stays for the next call.
pub(super) async fn download(
    client: &Client,
    url: &str,
    part: &Path,
    sha256: &str,
    what: &str,
) -> Result<(), ModelError> {
    let have = tokio::fs::metadata(part).await.map_or(0, |m| m.len());
    let mut request = client.get(url);
    if have > 0 {
        request = request.header(RANGE, format!("bytes={have}-"));
    }
    let response = request.send().await?;
    match response.status() {
        StatusCode::OK => receive(response, url, part, 0, what).await?,
        StatusCode::PARTIAL_CONTENT if starts_at(&response, have) => {
            receive(response, url, part, have, what).await?;
        }
        // Everything is here already; the sum decides.
        StatusCode::RANGE_NOT_SATISFIABLE if have > 0 => {}
        status => return Err(ModelError::Status { url: url.to_owned(), status }),
    }
    let (part, sha256) = (part.to_owned(), sha256.to_owned());
    tokio::task::spawn_blocking(move || file::check_or_remove(&part, &sha256)).await?
}

fn starts_at(response: &Response, offset: u64) -> bool {
    let range = response.headers().get(CONTENT_RANGE).and_then(|v| v.to_str().ok());
    range.is_some_and(|r| r.starts_with(&format!("bytes {offset}-")))
}

async fn receive(
    mut response: Response,
    url: &str,
    part: &Path,
    offset: u64,
    what: &str,
) -> Result<(), ModelError> {
    let expected = response.content_length().map(|n| n + offset);
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(offset == 0).append(offset > 0);
    let mut out = options.open(part).await.map_err(ModelError::file(part))?;
    let mut progress = Progress::new(what, expected);
    let mut got = offset;
    let broken = loop {
        match response.chunk().await {
            Ok(Some(bytes)) => {
                out.write_all(&bytes).await.map_err(ModelError::file(part))?;
                got += u64::try_from(bytes.len()).unwrap_or_default();
                progress.at(got);
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    // A broken connection too: what came is what the next try goes on from.
    out.flush().await.map_err(ModelError::file(part))?;
    if let Some(error) = broken {
        return Err(error.into());
    }
    match expected {
        Some(expected) if got < expected => Err(ModelError::Short { url: url.to_owned(), got, expected }),
        _ => Ok(()),
    }
}
