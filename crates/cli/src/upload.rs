//! Uploads by tus 1.0: parts of 8 MiB, and after a broken connection on from where the server stands.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, Response};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use crate::api::Api;

const PART_BYTES: usize = 8 << 20;
/// How often a broken connection is taken up again before giving up.
const RESUMES: u32 = 8;

/// Uploads a file; answers the update's link.
pub(crate) async fn upload(
    api: &Api,
    file: &Path,
    team: &str,
    title: Option<&str>,
    draft: bool,
) -> anyhow::Result<String> {
    let mut source =
        tokio::fs::File::open(file).await.with_context(|| format!("{} cannot be read", file.display()))?;
    let length = source.metadata().await?.len();
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut metadata = vec![("filename", name), ("team_id", team.to_owned())];
    metadata.push(("publish", if draft { "draft" } else { "now" }.to_owned()));
    if let Some(title) = title {
        metadata.push(("title", title.to_owned()));
    }
    let metadata: Vec<String> =
        metadata.iter().map(|(key, value)| format!("{key} {}", STANDARD.encode(value))).collect();
    let request = api
        .request(Method::POST, "/uploads")
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Length", length)
        .header("Upload-Metadata", metadata.join(","));
    let created = api.send(request).await?;
    let update = header(&created, "meridian-update-id")?;
    let location = path_of(&header(&created, "location")?);

    let mut offset = 0;
    let mut broken = 0;
    while offset < length {
        match send_part(api, &location, &mut source, offset).await {
            Ok(next) => {
                offset = next;
                broken = 0;
                eprint!("\r{} of {} MB", offset / 1_000_000, length / 1_000_000);
            }
            Err(error) if broken < RESUMES => {
                broken += 1;
                eprintln!("\n{error:#}; going on in a moment");
                tokio::time::sleep(Duration::from_secs(1 << broken.min(5))).await;
                let head =
                    api.send(api.request(Method::HEAD, &location).header("Tus-Resumable", "1.0.0")).await?;
                offset = header(&head, "upload-offset")?.parse()?;
            }
            Err(error) => return Err(error),
        }
    }
    eprintln!();
    let made = api.json(&format!("/updates/{update}"), &[]).await;
    // With the scope upload alone the update cannot be read; its id is enough then.
    Ok(made.ok().and_then(|made| made["share_url"].as_str().map(str::to_owned)).unwrap_or(update))
}

async fn send_part(
    api: &Api,
    location: &str,
    source: &mut tokio::fs::File,
    offset: u64,
) -> anyhow::Result<u64> {
    source.seek(std::io::SeekFrom::Start(offset)).await?;
    let mut part = Vec::with_capacity(PART_BYTES);
    source.take(u64::try_from(PART_BYTES)?).read_to_end(&mut part).await?;
    if part.is_empty() {
        bail!("the file became shorter while it was uploaded");
    }
    let request = api
        .request(Method::PATCH, location)
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Offset", offset)
        .header("Content-Type", "application/offset+octet-stream")
        .body(part);
    let answer = api.send(request).await?;
    Ok(header(&answer, "upload-offset")?.parse()?)
}

fn header(response: &Response, name: &str) -> anyhow::Result<String> {
    let value = response.headers().get(name).with_context(|| format!("the server sent no {name}"))?;
    Ok(value.to_str()?.to_owned())
}

/// The path of an address, so that the token goes nowhere but to the server that was signed in to.
fn path_of(location: &str) -> String {
    url::Url::parse(location).map_or_else(|_| location.to_owned(), |url| url.path().to_owned())
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn a_location_is_cut_to_its_path() {
        assert_eq!(path_of("http://elsewhere.example/api/v1/uploads/7"), "/api/v1/uploads/7");
        assert_eq!(path_of("/api/v1/uploads/7"), "/api/v1/uploads/7");
    }
}
