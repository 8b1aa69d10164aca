//! SIGKILL while bytes are coming: what was acknowledged is there afterwards, and the upload goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::server::Server;

const SIZE: usize = 48 * 1024 * 1024;
const KILLS: usize = 3;

/// What a WebM file begins with, then bytes that differ from place to place.
fn file(seed: u64) -> Vec<u8> {
    let mut bytes = vec![0_u8; SIZE];
    StdRng::seed_from_u64(seed).fill(bytes.as_mut_slice());
    let head = b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm";
    bytes[..head.len()].copy_from_slice(head);
    bytes
}

fn tus(method: reqwest::Method, url: &str, token: &str) -> reqwest::RequestBuilder {
    reqwest::Client::new().request(method, url).bearer_auth(token).header("tus-resumable", "1.0.0")
}

async fn offset(url: &str, token: &str) -> usize {
    let head = tus(reqwest::Method::HEAD, url, token).send().await.unwrap();
    assert_eq!(head.status(), 200);
    head.headers()["upload-offset"].to_str().unwrap().parse().unwrap()
}

/// Sends from `at` in bodies of a few sizes until something fails or all is sent; notes what was acknowledged.
async fn send(url: String, token: String, file: Arc<Vec<u8>>, mut at: usize, acknowledged: Arc<AtomicU64>) {
    let sizes = [1_500_000, 9_000_000, 200_000];
    for size in sizes.into_iter().cycle() {
        if at == file.len() {
            return;
        }
        let end = (at + size).min(file.len());
        let pieces: Vec<_> =
            file[at..end].chunks(64 * 1024).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect();
        let sent = tus(reqwest::Method::PATCH, &url, &token)
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", at.to_string())
            .body(reqwest::Body::wrap_stream(futures::stream::iter(pieces)))
            .send()
            .await;
        match sent {
            Ok(answer) if answer.status() == 204 => {
                at = end;
                acknowledged.store(u64::try_from(at).unwrap(), Ordering::SeqCst);
            }
            Ok(answer) => panic!("{}", answer.status()),
            Err(_) => return,
        }
    }
}

#[tokio::test]
async fn an_acknowledged_byte_survives_sigkill() {
    let mut hits = 0_u64;
    let seeds = std::env::var("MERIDIAN_TEST_SEEDS").map_or(3_u64, |count| count.parse().unwrap());
    for seed in 0..seeds {
        let mut chance = StdRng::seed_from_u64(seed);
        let file = Arc::new(file(seed));
        let mut server = Server::new();
        let (team, token) = server.team_and_token().await;
        let created = tus(reqwest::Method::POST, &server.endpoint(), &token)
            .header("upload-length", SIZE.to_string())
            .header("upload-metadata", format!("team_id {}", STANDARD.encode(&team)))
            .send()
            .await
            .unwrap();
        assert_eq!(created.status(), 201);
        let path = created.headers()["location"].to_str().unwrap().to_owned();
        let acknowledged = Arc::new(AtomicU64::new(0));
        for _ in 0..KILLS {
            let at = offset(&format!("{}{path}", server.base), &token).await;
            let url = format!("{}{path}", server.base);
            let sending =
                tokio::spawn(send(url, token.clone(), Arc::clone(&file), at, Arc::clone(&acknowledged)));
            tokio::time::sleep(Duration::from_millis(chance.random_range(20..400))).await;
            // Only a kill with bytes under way counts.
            hits += u64::from(!sending.is_finished());
            server.kill();
            sending.await.unwrap();
            server.restart();
            let there = offset(&format!("{}{path}", server.base), &token).await;
            let told = usize::try_from(acknowledged.load(Ordering::SeqCst)).unwrap();
            assert!(there >= told, "seed {seed}: {told} bytes were acknowledged, {there} are there");
        }
        let url = format!("{}{path}", server.base);
        let at = offset(&url, &token).await;
        send(url.clone(), token.clone(), Arc::clone(&file), at, acknowledged).await;
        assert_eq!(offset(&url, &token).await, SIZE);
        assert!(server.bytes_of(&url).await == *file, "seed {seed}: other bytes than were sent");
    }
    assert!(hits * 3 >= seeds * 4, "only {hits} of the kills hit an upload under way");
}
