//! Who may follow an address, and for how long.

use std::time::{Duration, Instant};

use meridian_domain::enums::{TeamRole, WorkspaceRole};
use meridian_store::repo::{teams, workspaces};
use serde_json::{Value, json};

use super::Studio;
use crate::support::Client;
use crate::world::World;

#[tokio::test]
async fn an_address_is_for_one_update_and_ends() {
    let studio = Studio::whole().await;
    let folder = studio.folder(&studio.world.ada).await;
    let player = studio.player();
    let segment = format!("{folder}hls/{}/720p/0.m4s", studio.generation);
    assert_eq!(player.get(&segment).await.status, 200);
    // The same viewer gets the same address, another one another.
    assert_eq!(studio.folder(&studio.world.ada).await, folder);
    assert_ne!(studio.folder(&studio.world.ben).await, folder);

    let other = studio.world.video(&studio.world.ada, studio.world.private, json!({})).await;
    let swapped = segment.replace(&studio.update.to_string(), other["id"].as_str().unwrap());
    let ticket = folder.split('/').nth(2).unwrap();
    let mut broken = ticket.to_owned();
    let changed = if broken.get(20..21) == Some("A") { "B" } else { "A" };
    broken.replace_range(20..21, changed);
    for path in [
        swapped,
        segment.replace(ticket, &broken),
        segment.replace(ticket, "x"),
        format!("{folder}hls/{}/720p/9.m4s", studio.generation),
        format!("{folder}hls/{}/1080p/0.m4s", studio.generation),
        format!("{folder}hls/{}/720p/0.m4s", studio.update),
        format!("{folder}original"),
        format!("{folder}captions.vtt"),
    ] {
        assert_eq!(player.get(&path).await.status, 404, "{path}");
    }
    studio.world.server.set_clock("2026-11-02T14:59:00Z");
    assert_eq!(player.get(&segment).await.status, 200);
    studio.world.server.set_clock("2026-11-02T15:00:01Z");
    assert_eq!(player.get(&segment).await.status, 404);
}

/// Sends a path as it is; clients such as reqwest tidy dots away before they send.
async fn raw_status(studio: &Studio, path: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let address = studio.world.server.base.trim_start_matches("http://").to_owned();
    let mut socket = tokio::net::TcpStream::connect(&address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).split(' ').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn dots_lead_nowhere() {
    let studio = Studio::whole().await;
    let folder = studio.folder(&studio.world.ada).await;
    let g = studio.generation;
    assert_eq!(raw_status(&studio, &format!("{folder}poster.jpg")).await, "200");
    for path in [
        format!("{folder}hls/../poster.jpg"),
        format!("{folder}hls/{g}/../{g}/720p/0.m4s"),
        format!("{folder}hls/{g}/720p/../720p/0.m4s"),
        format!("{folder}hls/{g}/..%2f720p/0.m4s"),
        format!("{folder}%2e%2e/poster.jpg"),
        format!("{folder}..%5cposter.jpg"),
        format!("{folder}./poster.jpg"),
        format!("{folder}poster.jpg%00"),
        format!("{folder}../../../../etc/passwd"),
        format!("{folder}hls/{g}/720p/..%2f..%2f..%2f..%2fmeridian.db"),
    ] {
        assert_eq!(raw_status(&studio, &path).await, "404", "{path}");
    }
}

#[tokio::test]
async fn the_right_is_asked_for_on_every_kind_of_address() {
    let studio = Studio::whole().await;
    let World { server, ben, private, workspace, .. } = &studio.world;
    // Nobody but the private team gets an address in the first place.
    for outsider in [&studio.world.cleo, &studio.world.olga, &studio.world.gus, &studio.world.sam] {
        outsider.get(&format!("/api/v1/updates/{}", studio.update)).await.expect(404);
    }
    let media = studio.media(ben).await;
    let folder = studio.folder(ben).await;
    let player = studio.player();
    let variant = format!("{folder}hls/{}/720p/playlist.m3u8", studio.generation);
    let segment = format!("{folder}hls/{}/720p/0.m4s", studio.generation);
    let fresh: Vec<String> =
        media.as_object().unwrap().values().filter_map(Value::as_str).map(str::to_owned).collect();
    assert!(fresh.len() >= 6, "{media}");
    for path in fresh.iter().chain([&variant, &segment]) {
        assert_eq!(player.get(path).await.status, 200, "{path}");
    }
    server.write(async |tx| teams::remove_member(tx, *private, ben.id).await.unwrap()).await;
    for path in fresh.iter().chain([&variant]) {
        assert_eq!(player.get(path).await.status, 404, "{path}");
    }
    let started = Instant::now();
    while player.get(&segment).await.status != 404 {
        assert!(started.elapsed() < Duration::from_secs(10), "a revoked member still gets segments");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Back in the team, out of the workspace, and a guest that was never in it.
    server.join(*private, ben, TeamRole::Member).await;
    assert_eq!(player.get(&segment).await.status, 200);
    server.write(async |tx| workspaces::remove_member(tx, *workspace, ben.id).await.unwrap()).await;
    assert_eq!(player.get(&fresh[0]).await.status, 404);
    server.add_member(*workspace, ben, WorkspaceRole::Guest).await;
    assert_eq!(player.get(&fresh[0]).await.status, 404);
}

#[tokio::test]
async fn a_signed_out_session_ends_its_addresses() {
    let studio = Studio::whole().await;
    let ada = &studio.world.ada;
    let poster = studio.media(ada).await["poster_url"].as_str().unwrap().to_owned();
    assert_eq!(studio.player().get(&poster).await.status, 200);
    let sessions = ada.get("/api/v1/me/sessions").await.expect(200);
    let id = sessions["items"][0]["id"].as_str().unwrap().to_owned();
    ada.delete(&format!("/api/v1/me/sessions/{id}")).await.expect(204);
    assert_eq!(studio.player().get(&poster).await.status, 404);
}

/// An address that an API token was given ends with the token.
#[tokio::test]
async fn a_revoked_api_token_ends_its_addresses() {
    let studio = Studio::whole().await;
    let ada = &studio.world.ada;
    let made = ada.post("/api/v1/me/api-tokens", json!({"name": "x", "scopes": ["read"]})).await.expect(201);
    let reader = Client { token: made["token"].as_str().unwrap().to_owned(), ..ada.clone() };
    let poster = studio.media(&reader).await["poster_url"].as_str().unwrap().to_owned();
    assert_eq!(studio.player().get(&poster).await.status, 200);
    let own = studio.media(ada).await["poster_url"].as_str().unwrap().to_owned();
    ada.delete(&format!("/api/v1/me/api-tokens/{}", made["id"].as_str().unwrap())).await.expect(204);
    assert_eq!(studio.player().get(&poster).await.status, 404);
    assert_eq!(studio.player().get(&own).await.status, 200, "the session's own address stays");
}
