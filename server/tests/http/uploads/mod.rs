//! tus 1.0.0 as api.md and security.md (16-20) promise it.

mod broken;
mod limits;
mod protocol;

use futures::TryStreamExt as _;
use meridian_blobs::{Key, ObjectSequence, Part, layout};
use meridian_domain::enums::{Priority, PublishState, TeamVisibility, UpdateKind, UpdateStatus};
use meridian_domain::ids::{TeamId, UpdateId, UploadId, WorkspaceId};
use meridian_store::repo::{updates, uploads};
use reqwest::{Method, RequestBuilder};

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
