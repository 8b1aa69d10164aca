//! tus 1.0.0 as api.md and security.md (16-20) promise it.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::TryStreamExt as _;
use meridian_blobs::{Key, ObjectSequence, Part, layout};
use meridian_domain::enums::{
    Priority, PublishState, Scope, TeamRole, TeamVisibility, UpdateKind, UpdateStatus, WorkspaceRole,
};
use meridian_domain::ids::{TeamId, UpdateId, UploadId, WorkspaceId};
use meridian_store::repo::{credentials, processing, teams, updates, uploads, workspaces};
use reqwest::{Method, RequestBuilder};
use sha1::Digest as _;

use crate::support::{Answer, Client, TestServer};

/// A server, a person with a team, and an update that waits for bytes.
struct Desk {
    server: TestServer,
    ada: Client,
    workspace: WorkspaceId,
    team: TeamId,
    update: UpdateId,
}

impl Desk {
    async fn new() -> Self {
        Self::with(TestServer::start().await).await
    }

    async fn with(server: TestServer) -> Self {
        let ada = server.user("Ada").await;
        let workspace = server.workspace(&ada).await;
        let team = server.team(workspace, TeamVisibility::Open, &ada).await;
        let update = new_update(&server, &ada, team).await;
        Self { server, ada, workspace, team, update }
    }

    fn create(&self, length: &str) -> RequestBuilder {
        create(&self.ada, self.update, length)
    }

    async fn begun(&self, length: &str) -> String {
        location(&Answer::of(self.create(length)).await)
    }

    async fn status(&self) -> UpdateStatus {
        self.row().await.status
    }

    async fn row(&self) -> updates::RowUpdate {
        updates::find_any(self.server.state.store.reader(), self.update).await.unwrap().unwrap()
    }

    /// The bytes as a worker would read them.
    async fn bytes(&self, at: &str) -> Vec<u8> {
        let reader = self.server.state.store.reader();
        let mut sequence = ObjectSequence::new(self.server.state.blobs.clone(), []);
        for chunk in uploads::chunks_from(reader, id(at), 0, 100_000).await.unwrap() {
            assert_eq!(chunk.start_offset, sequence.size_bytes());
            let key = Key::parse(&chunk.object_key).unwrap();
            sequence.push(Part { key, size_bytes: chunk.size_bytes });
        }
        sequence.read(0..sequence.size_bytes()).await.unwrap().to_vec()
    }

    async fn objects(&self, at: &str) -> usize {
        let prefix = layout::upload_prefix(id(at).into());
        self.server.state.blobs.list(Some(prefix)).try_collect::<Vec<_>>().await.unwrap().len()
    }
}

async fn new_update(server: &TestServer, author: &Client, team: TeamId) -> UpdateId {
    server
        .write(async |tx| {
            let access = updates::team_access(tx, author.id, team).await.unwrap().unwrap();
            let new = updates::NewUpdate {
                workspace_id: access.workspace_id,
                team_id: team,
                audience: updates::Audience::Existing(access.audience_id),
                author_id: author.id,
                title: "Monday".to_owned(),
                kind: UpdateKind::Video,
                body: String::new(),
                links: Vec::new(),
                publish_state: PublishState::Published,
                publish_at: None,
                priority: Priority::Normal,
                round_id: None,
                reply_to_id: None,
                language: None,
                client_duration_ms: None,
                chapters: Vec::new(),
            };
            updates::insert(tx, &new).await.unwrap().id
        })
        .await
}

fn tus(client: &Client, method: Method, path: &str) -> RequestBuilder {
    client.request(method, path).header("tus-resumable", "1.0.0")
}

/// `length`: a number, or `deferred`.
fn create(client: &Client, update: UpdateId, length: &str) -> RequestBuilder {
    let request = tus(client, Method::POST, &format!("/api/v1/uploads?update_id={update}"));
    if length == "deferred" {
        request.header("upload-defer-length", "1")
    } else {
        request.header("upload-length", length)
    }
}

fn patch(client: &Client, at: &str, offset: usize, body: impl Into<reqwest::Body>) -> RequestBuilder {
    tus(client, Method::PATCH, at)
        .header("content-type", "application/offset+octet-stream")
        .header("upload-offset", offset.to_string())
        .body(body)
}

async fn head(client: &Client, at: &str) -> Answer {
    Answer::of(tus(client, Method::HEAD, at)).await
}

#[track_caller]
fn location(created: &Answer) -> String {
    assert_eq!(created.status, 201, "{}", created.text);
    created.headers["location"].to_str().unwrap().to_owned()
}

fn id(at: &str) -> UploadId {
    at.rsplit('/').next().unwrap().parse().unwrap()
}

fn header(answer: &Answer, name: &str) -> String {
    answer.headers.get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// Bytes that begin as a WebM file does.
pub(crate) fn webm(size: usize) -> Vec<u8> {
    let mut bytes = vec![0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x82, 0x84];
    bytes.extend(b"webm");
    bytes.extend((bytes.len()..size).map(|n| u8::try_from(n * 131 % 251).unwrap()));
    bytes.truncate(size);
    bytes
}

#[tokio::test]
async fn options_tell_what_is_spoken_and_need_no_token() {
    let server = TestServer::start().await;
    let nobody = server.anonymous();
    for path in ["/api/v1/uploads", "/api/v1/uploads/x"] {
        let told = Answer::of(nobody.request(Method::OPTIONS, path)).await;
        assert_eq!(told.status, 204);
        assert_eq!(header(&told, "tus-version"), "1.0.0");
        assert_eq!(header(&told, "tus-resumable"), "1.0.0");
        assert_eq!(header(&told, "tus-max-size"), (1 << 30).to_string());
        assert_eq!(header(&told, "tus-checksum-algorithm"), "sha1,sha256");
        for extension in [
            "creation",
            "creation-with-upload",
            "creation-defer-length",
            "checksum",
            "expiration",
            "termination",
        ] {
            assert!(header(&told, "tus-extension").split(',').any(|e| e == extension), "{extension}");
        }
    }
    let request = tus(&nobody, Method::POST, "/api/v1/uploads");
    Answer::of(request).await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_file_arrives_in_pieces_and_reads_as_one() {
    let desk = Desk::new().await;
    let file = webm(300_000);
    let request =
        desk.create("300000").header("upload-metadata", "filename YS53ZWJt,filetype dmlkZW8vd2VibQ==");
    let created = Answer::of(request).await;
    let at = location(&created);
    assert_eq!(header(&created, "meridian-update-id"), desk.update.to_string());
    assert!(header(&created, "upload-expires").ends_with("GMT"));
    assert_eq!(desk.status().await, UpdateStatus::AwaitingUpload);

    let mut offset = 0;
    for piece in file.chunks(100_000) {
        let sent = Answer::of(patch(&desk.ada, &at, offset, piece.to_vec())).await;
        assert_eq!(sent.status, 204, "{}", sent.text);
        offset += piece.len();
        assert_eq!(header(&sent, "upload-offset"), offset.to_string());
        assert_eq!(header(&sent, "tus-resumable"), "1.0.0");
        let now = head(&desk.ada, &at).await;
        assert_eq!((now.status, header(&now, "upload-offset")), (200, offset.to_string()));
        assert_eq!(header(&now, "upload-length"), "300000");
        assert_eq!(header(&now, "cache-control"), "no-store");
        assert_eq!(header(&now, "upload-metadata"), "filename YS53ZWJt,filetype dmlkZW8vd2VibQ==");
        let expected = if offset < 300_000 { UpdateStatus::Uploading } else { UpdateStatus::Processing };
        assert_eq!(desk.status().await, expected);
    }
    assert_eq!(desk.bytes(&at).await, file);
    let source = processing::source(desk.server.state.store.reader(), id(&at)).await.unwrap().unwrap();
    assert!(!source.arriving && !source.ended_early);
    // The last answer got lost: asking again shows the whole, sending again tells where it is.
    let again = Answer::of(patch(&desk.ada, &at, 200_000, file[200_000..].to_vec())).await;
    assert_eq!(header(&again, "upload-offset"), "300000");
    again.expect_problem(409, "offset_mismatch");
    assert_eq!(header(&head(&desk.ada, &at).await, "upload-offset"), "300000");
    assert_eq!(desk.bytes(&at).await, file);
}

#[tokio::test]
async fn a_stock_client_needs_one_endpoint_and_an_api_token() {
    let desk = Desk::new().await;
    let token = "mrd_upload-only";
    let hash = desk.server.state.keys.hash_token(token);
    desk.server
        .write(async |tx| {
            credentials::create_api_token(tx, desk.ada.id, "tus", &[Scope::Upload], &hash, None)
                .await
                .unwrap()
        })
        .await;
    let client = Client { token: token.to_owned(), ..desk.ada.clone() };
    let file = webm(70_000);
    let metadata = format!(
        "filename {},team_id {},title {},publish {}",
        STANDARD.encode("../../etc/passwd"),
        STANDARD.encode(desk.team.to_string()),
        STANDARD.encode("Grüße"),
        STANDARD.encode("draft"),
    );
    let created = Answer::of(
        tus(&client, Method::POST, "/api/v1/uploads")
            .header("upload-length", "70000")
            .header("upload-metadata", &metadata)
            .header("content-type", "application/offset+octet-stream")
            .body(file.clone()),
    )
    .await;
    let at = location(&created);
    assert_eq!(header(&created, "upload-offset"), "70000");
    let update: UpdateId = header(&created, "meridian-update-id").parse().unwrap();
    let row = updates::find_any(desk.server.state.store.reader(), update).await.unwrap().unwrap();
    assert_eq!((row.title.as_str(), row.publish_state), ("Grüße", PublishState::Draft));
    assert_eq!(row.status, UpdateStatus::Processing);
    assert_eq!(desk.bytes(&at).await, file);
    assert_eq!(head(&client, &at).await.status, 200);
    client.get("/api/v1/me").await.expect_problem(403, "scope_missing");
}

#[tokio::test]
async fn a_creation_that_cannot_be_is_refused() {
    let desk = Desk::new().await;
    let bob = desk.server.user("Bob").await;
    desk.server.add_member(desk.workspace, &bob, WorkspaceRole::Member).await;
    let stranger = desk.server.user("Eve").await;
    Answer::of(create(&bob, desk.update, "10")).await.expect_problem(403, "forbidden");
    Answer::of(create(&stranger, desk.update, "10")).await.expect_problem(404, "not_found");
    let missing = tus(&desk.ada, Method::POST, "/api/v1/uploads").header("upload-length", "1");
    Answer::of(missing).await.expect_problem(422, "invalid");
    let both = desk.create("1").header("upload-defer-length", "1");
    Answer::of(both).await.expect_problem(400, "bad_header");
    let large = desk.create(&((1_u64 << 30) + 1).to_string());
    Answer::of(large).await.expect_problem(413, "too_large");
    let path = format!("/api/v1/uploads?update_id={}", desk.update);
    let unversioned = desk.ada.request(Method::POST, &path).header("upload-length", "1");
    let refused = Answer::of(unversioned).await;
    assert_eq!(header(&refused, "tus-version"), "1.0.0");
    refused.expect_problem(412, "tus_version");
    for wrong in ["x", &UpdateId::new(desk.server.state.clock()).to_string()] {
        let path = format!("/api/v1/uploads?update_id={wrong}");
        let request = tus(&desk.ada, Method::POST, &path).header("upload-length", "1");
        Answer::of(request).await.expect_problem(404, "not_found");
    }
    let at = desk.begun("10").await;
    let second = Answer::of(desk.create("10")).await;
    assert_eq!(header(&second, "location"), at, "whose answer was lost finds the upload");
    second.expect_problem(409, "conflict");
}

#[tokio::test]
async fn a_recording_tells_its_length_at_the_end() {
    let desk = Desk::new().await;
    let file = webm(20_000);
    let at = desk.begun("deferred").await;
    assert_eq!(header(&head(&desk.ada, &at).await, "upload-defer-length"), "1");
    Answer::of(patch(&desk.ada, &at, 0, file[..12_000].to_vec())).await.expect(204);
    assert!(desk.row().await.live);
    Answer::of(patch(&desk.ada, &at, 12_000, file[12_000..].to_vec())).await.expect(204);
    let too_short = patch(&desk.ada, &at, 20_000, "").header("upload-length", "19999");
    Answer::of(too_short).await.expect_problem(413, "too_large");
    let end = patch(&desk.ada, &at, 20_000, "").header("upload-length", "20000");
    assert_eq!(header(&Answer::of(end).await, "upload-offset"), "20000");
    let now = head(&desk.ada, &at).await;
    assert_eq!(header(&now, "upload-length"), "20000");
    assert_eq!(desk.bytes(&at).await, file);
    let row = desk.row().await;
    assert_eq!((row.status, row.live), (UpdateStatus::Processing, false));
}

#[tokio::test]
async fn a_checksum_is_all_or_nothing() {
    let desk = Desk::new().await;
    let file = webm(9_000_000);
    let at = desk.begun("9000000").await;
    let sum = |kind: &str, bytes: &[u8]| match kind {
        "sha1" => format!("sha1 {}", STANDARD.encode(sha1::Sha1::digest(bytes))),
        _ => format!("sha256 {}", STANDARD.encode(sha2::Sha256::digest(bytes))),
    };
    let wrong = patch(&desk.ada, &at, 0, file.clone()).header("upload-checksum", sum("sha1", b"else"));
    let refused = Answer::of(wrong).await;
    assert_eq!((refused.status, refused.json["code"].as_str()), (460, Some("checksum_mismatch")));
    assert_eq!(header(&head(&desk.ada, &at).await, "upload-offset"), "0");
    assert_eq!(desk.objects(&at).await, 0);
    assert_eq!(desk.status().await, UpdateStatus::AwaitingUpload);
    for unknown in ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha1 x", "sha1"] {
        let request = patch(&desk.ada, &at, 0, "x").header("upload-checksum", unknown);
        Answer::of(request).await.expect_problem(400, "bad_header");
    }
    let first = &file[..8_500_000];
    let right = patch(&desk.ada, &at, 0, first.to_vec()).header("upload-checksum", sum("sha1", first));
    Answer::of(right).await.expect(204);
    let rest = &file[8_500_000..];
    let right =
        patch(&desk.ada, &at, 8_500_000, rest.to_vec()).header("upload-checksum", sum("sha256", rest));
    Answer::of(right).await.expect(204);
    assert_eq!(desk.bytes(&at).await, file);
}

#[tokio::test]
async fn of_eight_clients_at_one_offset_one_wins() {
    let desk = Desk::new().await;
    let size = 600_000;
    let at = desk.begun(&(size * 2).to_string()).await;
    for offset in [0, size] {
        let sending = (0..8_u8).map(|n| {
            let mut bytes = webm(size);
            bytes[20..].fill(n);
            Answer::of(patch(&desk.ada, &at, offset, bytes))
        });
        let answers = futures::future::join_all(sending).await;
        let won: Vec<usize> = (0..8).filter(|n| answers[*n].status == 204).collect();
        assert_eq!(won.len(), 1, "{answers:?}");
        assert!(answers.iter().all(|a| matches!(a.status, 204 | 409 | 423)), "{answers:?}");
        let kept = desk.bytes(&at).await;
        assert_eq!(kept.len(), offset + size);
        let winner = u8::try_from(won[0]).unwrap();
        assert!(kept[offset + 20..].iter().all(|b| *b == winner), "bytes of several clients");
    }
}

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

#[tokio::test]
async fn an_upload_taken_back_leaves_room_for_another() {
    let desk = Desk::new().await;
    let at = desk.begun("1000000").await;
    Answer::of(patch(&desk.ada, &at, 0, webm(100_000))).await.expect(204);
    assert_eq!(desk.status().await, UpdateStatus::Uploading);
    Answer::of(tus(&desk.ada, Method::DELETE, &at)).await.expect(204);
    assert_eq!(head(&desk.ada, &at).await.status, 404);
    assert_eq!(Answer::of(tus(&desk.ada, Method::DELETE, &at)).await.status, 404);
    assert_eq!(desk.objects(&at).await, 0);
    assert_eq!(desk.status().await, UpdateStatus::AwaitingUpload);
    let again = desk.begun("5000").await;
    Answer::of(patch(&desk.ada, &again, 0, webm(5000))).await.expect(204);
    assert_eq!(desk.status().await, UpdateStatus::Processing);
    Answer::of(tus(&desk.ada, Method::DELETE, &again)).await.expect_problem(409, "conflict");
}

#[tokio::test]
async fn what_is_out_of_time_ends() {
    let desk = Desk::new().await;
    let empty = desk.begun("1000").await;
    let other = new_update(&desk.server, &desk.ada, desk.team).await;
    let partial = location(&Answer::of(create(&desk.ada, other, "100000")).await);
    Answer::of(patch(&desk.ada, &partial, 0, webm(9_000))).await.expect(204);
    let live = new_update(&desk.server, &desk.ada, desk.team).await;
    let recording = location(&Answer::of(create(&desk.ada, live, "deferred")).await);
    Answer::of(patch(&desk.ada, &recording, 0, webm(9_000))).await.expect(204);
    let sweep = async || meridian_server::endpoints::uploads::sweep::once(&desk.server.state).await.unwrap();
    desk.server.set_clock("2026-11-09T08:59:00Z");
    assert_eq!(sweep().await, 0);
    desk.server.set_clock("2026-11-09T09:01:00Z");
    assert_eq!(sweep().await, 3);

    let ada = renewed(&desk);
    for at in [&empty, &partial, &recording] {
        assert_eq!(head(&ada, at).await.status, 410);
    }
    assert_eq!((desk.objects(&empty).await, desk.objects(&partial).await), (0, 0));
    assert_eq!(desk.bytes(&recording).await, webm(9_000));
    let reader = desk.server.state.store.reader();
    let code = async |id| updates::find_any(reader, id).await.unwrap().unwrap().failure_code;
    assert_eq!(code(desk.update).await.as_deref(), Some("never_uploaded"));
    assert_eq!(code(other).await.as_deref(), Some("upload_incomplete"));
    assert_eq!(code(live).await, None);
}

/// The same person with a token of the clock's now.
fn renewed(desk: &Desk) -> Client {
    let state = &desk.server.state;
    let now_s = state.clock().now_ms() / 1000;
    let claims =
        meridian_server::auth::tokens::check(&state.keys, &desk.ada.token, now_s - 7 * 86_400).unwrap();
    let token = meridian_server::auth::tokens::issue(&state.keys, claims.sub, claims.sid, now_s).unwrap();
    Client { token, ..desk.ada.clone() }
}

#[tokio::test]
async fn an_expired_token_ends_no_upload() {
    let desk = Desk::new().await;
    let at = desk.begun("10000").await;
    Answer::of(patch(&desk.ada, &at, 0, webm(5_000))).await.expect(204);
    desk.server.set_clock("2026-11-02T10:00:00Z");
    assert_eq!(head(&desk.ada, &at).await.status, 401);
    let state = &desk.server.state;
    let now_s = state.clock().now_ms() / 1000;
    let claims = meridian_server::auth::tokens::check(&state.keys, &desk.ada.token, now_s - 3_600).unwrap();
    let token = meridian_server::auth::tokens::issue(&state.keys, claims.sub, claims.sid, now_s).unwrap();
    let ada = Client { token, ..desk.ada.clone() };
    Answer::of(patch(&ada, &at, 5_000, webm(10_000)[5_000..].to_vec())).await.expect(204);
    assert_eq!(desk.bytes(&at).await, webm(10_000));
}

#[tokio::test]
async fn the_quota_holds_under_many_creations_at_once() {
    let desk = Desk::new().await;
    let quota = async |bytes| {
        desk.server
            .write(async |tx| {
                workspaces::update(tx, desk.workspace, None, Some(Some(bytes)), None).await.unwrap();
            })
            .await;
    };
    quota(10_000).await;
    let mut targets = Vec::new();
    for _ in 0..50 {
        targets.push(new_update(&desk.server, &desk.ada, desk.team).await);
    }
    let creating = targets.iter().map(|update| Answer::of(create(&desk.ada, *update, "1000")));
    let answers = futures::future::join_all(creating).await;
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 10);
    let refused = answers.iter().filter(|a| a.json["code"] == "quota_exceeded" && a.status == 413);
    assert_eq!(refused.count(), 40);
    // What is taken back counts no more, and a recording counts as it grows.
    let first = answers.iter().find(|a| a.status == 201).unwrap();
    Answer::of(tus(&desk.ada, Method::DELETE, &location(first))).await.expect(204);
    let at = desk.begun("deferred").await;
    Answer::of(patch(&desk.ada, &at, 0, webm(600))).await.expect(204);
    Answer::of(patch(&desk.ada, &at, 600, webm(600))).await.expect_problem(413, "quota_exceeded");
    assert_eq!(header(&head(&desk.ada, &at).await, "upload-offset"), "600");
    assert_eq!(desk.objects(&at).await, 1);
}

#[tokio::test]
async fn the_right_is_asked_for_again_at_the_end() {
    let desk = Desk::new().await;
    let at = desk.begun("10000").await;
    Answer::of(patch(&desk.ada, &at, 0, webm(5_000))).await.expect(204);
    desk.server.write(async |tx| teams::remove_member(tx, desk.team, desk.ada.id).await.unwrap()).await;
    let last = patch(&desk.ada, &at, 5_000, webm(10_000)[5_000..].to_vec());
    Answer::of(last).await.expect_problem(403, "forbidden");
    assert_eq!(header(&head(&desk.ada, &at).await, "upload-offset"), "5000");
    assert_eq!(desk.status().await, UpdateStatus::Uploading);
}

/// A small file system of its own, unmounted when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` where one may not mount.
    fn mount(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder.path())
            .output();
        mounted.is_ok_and(|out| out.status.success()).then_some(Self(folder))
    }

    fn grow(&self, size: &str) {
        let options = format!("remount,size={size}");
        let grown = std::process::Command::new("mount").args(["-o", &options]).arg(self.0.path()).status();
        assert!(grown.unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(std::process::Command::new("umount").arg(self.0.path()).status());
    }
}

#[tokio::test]
async fn a_full_disk_refuses_and_goes_on_when_there_is_room() {
    let Some(mounted) = SmallDisk::mount("3m") else {
        eprintln!("skipped: mounting a small file system is not allowed here");
        return;
    };
    let objects = format!("file://{}/objects", mounted.0.path().display());
    let server = TestServer::start_with(|settings| settings.store_url = objects).await;
    let desk = Desk::with(server).await;
    let file = webm(6_000_000);
    let at = desk.begun("6000000").await;
    Answer::of(patch(&desk.ada, &at, 0, file[..1_000_000].to_vec())).await.expect(204);
    let rest = file[1_000_000..].to_vec();
    Answer::of(patch(&desk.ada, &at, 1_000_000, rest.clone())).await.expect_problem(507, "no_space");
    assert_eq!(header(&head(&desk.ada, &at).await, "upload-offset"), "1000000");
    assert_eq!(desk.objects(&at).await, 1);
    desk.ada.get("/api/v1/me").await.expect(200);
    // What failed takes no room: a small part still fits.
    Answer::of(patch(&desk.ada, &at, 1_000_000, rest[..1_000_000].to_vec())).await.expect(204);
    mounted.grow("16m");
    Answer::of(patch(&desk.ada, &at, 2_000_000, rest[1_000_000..].to_vec())).await.expect(204);
    assert_eq!(desk.bytes(&at).await, file);
    // Ending an upload works on a full disk too.
    let other = new_update(&desk.server, &desk.ada, desk.team).await;
    let second = location(&Answer::of(create(&desk.ada, other, "20000000")).await);
    Answer::of(patch(&desk.ada, &second, 0, webm(9_000_000))).await.expect(204);
    Answer::of(patch(&desk.ada, &second, 9_000_000, webm(9_000_000))).await.expect_problem(507, "no_space");
    Answer::of(tus(&desk.ada, Method::DELETE, &second)).await.expect(204);
    assert_eq!(desk.objects(&second).await, 0);
}
