//! Connections that break, bytes that are no media, files that are too long.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use meridian_domain::enums::{TeamRole, UpdateStatus, WorkspaceRole};
use meridian_store::repo::uploads;
use reqwest::Method;

use super::{Desk, head, header, id, patch, tus, webm};
use crate::support::{Answer, Client};

/// Sends the head of a PATCH and some of its body over a bare socket.
fn half_patch(desk: &Desk, at: &str, length: usize, sent: &[u8]) -> TcpStream {
    let address = desk.server.base.trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).unwrap();
    let head = format!(
        "PATCH {at} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n\
         Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\nContent-Length: {length}\r\n\r\n",
        desk.ada.token
    );
    socket.write_all(head.as_bytes()).unwrap();
    socket.write_all(sent).unwrap();
    socket
}

/// Asks HEAD until the offset is there, for at most ten seconds.
async fn until_offset(desk: &Desk, at: &str, offset: usize) {
    let started = Instant::now();
    loop {
        let now = header(&head(&desk.ada, at).await, "upload-offset");
        if now == offset.to_string() {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "the offset is {now}, not {offset}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_broken_connection_keeps_what_came() {
    let desk = Desk::new().await;
    let file = webm(1_000_000);
    let at = desk.begun("1000000").await;
    let socket = half_patch(&desk, &at, file.len(), &file[..345_678]);
    drop(socket);
    until_offset(&desk, &at, 345_678).await;
    let rest = Answer::of(patch(&desk.ada, &at, 345_678, file[345_678..].to_vec())).await;
    assert_eq!(rest.status, 204);
    assert_eq!(desk.bytes(&at).await, file);
}

#[tokio::test]
async fn what_trickles_in_is_seen_while_the_request_is_open() {
    let desk = Desk::new().await;
    let file = webm(50_000);
    let at = desk.begun("1000000").await;
    let mut socket = half_patch(&desk, &at, 1_000_000, &file[..20_000]);
    until_offset(&desk, &at, 20_000).await;
    socket.write_all(&file[20_000..]).unwrap();
    until_offset(&desk, &at, 50_000).await;
    assert_eq!(desk.bytes(&at).await, file);
}

#[tokio::test]
async fn what_is_not_media_ends_the_upload_with_words() {
    let desk = Desk::new().await;
    let mut page = b"<!DOCTYPE html><script>alert(1)</script>".to_vec();
    page.resize(200_000, b' ');
    let at = desk.begun("200000").await;
    Answer::of(patch(&desk.ada, &at, 0, page[..30_000].to_vec())).await.expect(204);
    let refused = Answer::of(patch(&desk.ada, &at, 30_000, page[30_000..].to_vec())).await;
    let problem = refused.expect_problem(415, "unsupported_media");
    assert!(problem["detail"].as_str().unwrap().contains("HTML"), "{problem}");
    assert_eq!(head(&desk.ada, &at).await.status, 410);
    Answer::of(patch(&desk.ada, &at, 30_000, "x")).await.expect_problem(410, "gone");
    let row = desk.row().await;
    assert_eq!((row.status, row.failure_code.as_deref()), (UpdateStatus::Failed, Some("unsupported_media")));
    assert!(row.failure_detail.unwrap().contains("HTML"));
    assert_eq!(desk.objects(&at).await, 0);
    let reader = desk.server.state.store.reader();
    assert!(uploads::chunks_from(reader, id(&at), 0, 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_small_file_is_judged_when_it_is_whole() {
    for (bytes, status) in [(&b"#EXTM3U\nhttp://x/y.ts\n"[..], 415), (&webm(40)[..], 201), (b"", 415)] {
        let desk = Desk::new().await;
        let request = desk
            .create(&bytes.len().to_string())
            .header("content-type", "application/offset+octet-stream")
            .body(bytes.to_vec());
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        let failed = desk.status().await == UpdateStatus::Failed;
        assert_eq!(failed, status == 415);
    }
}

#[tokio::test]
async fn somebody_elses_upload_is_not_there() {
    let desk = Desk::new().await;
    let at = desk.begun("100").await;
    let bob = desk.server.user("Bob").await;
    desk.server.add_member(desk.workspace, &bob, WorkspaceRole::Admin).await;
    desk.server.join(desk.team, &bob, TeamRole::Admin).await;
    let odd = ["%2e%2e%2f", "%00", "%5c", "..%2f..%2fetc", "x", "%f0%28%8c%28"];
    let mut paths: Vec<(Client, String)> =
        odd.iter().map(|odd| (desk.ada.clone(), format!("/api/v1/uploads/{odd}"))).collect();
    paths.push((bob, at.clone()));
    for (who, path) in paths {
        assert_eq!(head(&who, &path).await.status, 404, "{path}");
        assert_eq!(Answer::of(patch(&who, &path, 0, "x")).await.status, 404, "{path}");
        assert_eq!(Answer::of(tus(&who, Method::DELETE, &path)).await.status, 404, "{path}");
    }
    assert_eq!(head(&desk.ada, &at).await.status, 200);
}

#[tokio::test]
async fn more_than_the_length_is_refused() {
    let desk = Desk::new().await;
    let at = desk.begun("100").await;
    Answer::of(patch(&desk.ada, &at, 0, webm(101))).await.expect_problem(413, "too_large");
    let streamed = futures::stream::iter([Ok::<_, std::io::Error>(webm(60)), Ok(webm(60))]);
    let unannounced = patch(&desk.ada, &at, 0, reqwest::Body::wrap_stream(streamed));
    Answer::of(unannounced).await.expect_problem(413, "too_large");
    assert_eq!(header(&head(&desk.ada, &at).await, "upload-offset"), "0");
    let wrong_type = tus(&desk.ada, Method::PATCH, &at).header("upload-offset", "0").body("x");
    Answer::of(wrong_type).await.expect_problem(415, "unsupported_type");
    Answer::of(patch(&desk.ada, &at, 1, "x")).await.expect_problem(409, "offset_mismatch");
    Answer::of(patch(&desk.ada, &at, 0, webm(100))).await.expect(204);
}
