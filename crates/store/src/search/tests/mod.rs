//! The contract of search, on a SQLite file.

mod contract;
mod labelled;
mod languages;
mod long;
mod oracle;
mod properties;

use jiff::Timestamp;
use meridian_domain::clock::Clock;
use meridian_domain::enums::{
    CommentKind, Priority, PublishState, TeamVisibility, UpdateKind, WorkspaceRole,
};
use meridian_domain::ids::{CommentId, TeamId, UpdateId, UserId, WorkspaceId};
use meridian_domain::transcript::{Span, spread};
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;

use super::{Found, Query, Request, search};
use crate::entity::comments;
use crate::repo::updates::{self, Audience, NewUpdate};
use crate::repo::{search as index, teams, transcripts, users, workspaces};
use crate::{Conn, Store, StoreOptions, Tx};

/// A workspace with an owner and one open team.
struct World {
    _folder: tempfile::TempDir,
    store: Store,
    workspace: WorkspaceId,
    owner: UserId,
    team: TeamId,
}

async fn person(tx: &Tx, name: &str) -> UserId {
    let new = users::NewUser {
        email: format!("{}@example.org", name.to_lowercase().replace(' ', ".")),
        display_name: name.to_owned(),
        password_hash: None,
        time_zone: "UTC".to_owned(),
    };
    users::create(tx, new).await.unwrap().id
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = meridian_testbed::database(folder.path());
        let at: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let store = Store::open(&StoreOptions { url, max_readers: 2 }, Clock::fixed(at)).await.unwrap();
        store.migrate().await.unwrap();
        let tx = store.write().await.unwrap();
        let owner = person(&tx, "Olga Owner").await;
        let workspace = workspaces::create(&tx, "Works", owner).await.unwrap().id;
        let team = teams::create(&tx, workspace, "Core", TeamVisibility::Open, owner).await.unwrap().id;
        tx.commit().await.unwrap();
        Self { _folder: folder, store, workspace, owner, team }
    }

    async fn member(&self, name: &str, role: WorkspaceRole) -> UserId {
        let tx = self.store.write().await.unwrap();
        let user = person(&tx, name).await;
        workspaces::add_member(&tx, self.workspace, user, role).await.unwrap();
        tx.commit().await.unwrap();
        user
    }

    async fn team(&self, name: &str, visibility: TeamVisibility, creator: UserId) -> TeamId {
        let tx = self.store.write().await.unwrap();
        let team = teams::create(&tx, self.workspace, name, visibility, creator).await.unwrap().id;
        tx.commit().await.unwrap();
        team
    }

    /// A published update of the owner's in the first team.
    async fn update(&self, title: &str, body: &str) -> UpdateId {
        self.update_in(self.team, self.owner, title, body, None).await
    }

    async fn update_in(
        &self,
        team: TeamId,
        author: UserId,
        title: &str,
        body: &str,
        people: Option<Vec<UserId>>,
    ) -> UpdateId {
        let tx = self.store.write().await.unwrap();
        let found = updates::team_access(&tx, author, team).await.unwrap().unwrap();
        let audience = people.map_or(Audience::Existing(found.audience_id), Audience::People);
        let new = NewUpdate {
            workspace_id: self.workspace,
            team_id: team,
            audience,
            author_id: author,
            title: title.to_owned(),
            kind: UpdateKind::Video,
            body: body.to_owned(),
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
        let id = updates::insert(&tx, &new).await.unwrap().id;
        index::index_update(&tx, id).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A whole recognised transcript: a segment every ten seconds.
    async fn says(&self, update: UpdateId, language: &str, segments: &[&str]) {
        let spans: Vec<Span> = segments
            .iter()
            .zip((0_i64..).step_by(10_000))
            .map(|(text, start_ms)| Span {
                start_ms,
                end_ms: start_ms + 9_000,
                text: (*text).to_owned(),
                words: spread(text, start_ms, start_ms + 9_000),
            })
            .collect();
        let tx = self.store.write().await.unwrap();
        let id = transcripts::begin_recognised(&tx, update, None, language, "test").await.unwrap();
        // In two windows, as a worker writes.
        let (first, second) = spans.split_at(spans.len() / 2);
        transcripts::append_recognised(&tx, id, first).await.unwrap();
        transcripts::append_recognised(&tx, id, second).await.unwrap();
        transcripts::finish_recognised(&tx, id, None).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// An update with a transcript.
    async fn spoken(&self, language: &str, segments: &[&str]) -> UpdateId {
        let id = self.update("", "").await;
        self.says(id, language, segments).await;
        id
    }

    async fn comment(&self, update: UpdateId, author: UserId, kind: CommentKind, body: &str) -> CommentId {
        let tx = self.store.write().await.unwrap();
        let row = updates::find_any(&tx, update).await.unwrap().unwrap();
        let id = CommentId::new(tx.clock());
        let comment = comments::ActiveModel {
            id: Set(id.0),
            update_id: Set(update.0),
            workspace_id: Set(row.workspace_id.0),
            audience_id: Set(row.audience_id.0),
            author_id: Set(author.0),
            body: Set(body.to_owned()),
            body_html: Set(String::new()),
            at_ms: Set(Some(4_000)),
            end_ms: Set(None),
            kind: Set(kind.as_str().to_owned()),
            parent_id: Set(None),
            assignee_id: Set(None),
            due_on: Set(None),
            expected_by: Set(None),
            mentions: Set("[]".to_owned()),
            priority: Set("normal".to_owned()),
            resolved_at: Set(None),
            resolved_by: Set(None),
            acknowledged_at: Set(None),
            answer_id: Set(None),
            edited_at: Set(None),
            created_at: Set(tx.clock().now_ms()),
            version: Set(1),
            deleted_at: Set(None),
            ..Default::default()
        };
        comments::Entity::insert(comment).exec_without_returning(tx.raw()).await.unwrap();
        index::index_comment(&tx, id).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    fn request(&self, viewer: UserId, q: &str) -> Request {
        Request::new(viewer, self.workspace, Query::parse(q).unwrap(), 25)
    }

    async fn find(&self, viewer: UserId, q: &str) -> Found {
        search(self.store.reader(), &self.request(viewer, q)).await.unwrap()
    }

    /// The updates that the owner finds.
    async fn ids(&self, q: &str) -> Vec<UpdateId> {
        self.find(self.owner, q).await.items.into_iter().map(|item| item.update_id).collect()
    }

    /// The highlighted words of the owner's hits.
    async fn marked(&self, q: &str) -> Vec<String> {
        let found = self.find(self.owner, q).await;
        let hits = found.items.into_iter().flat_map(|item| item.hits);
        let marked = hits.flat_map(|hit| {
            let chars: Vec<char> = hit.text.chars().collect();
            hit.highlights
                .into_iter()
                .map(|(a, b)| chars[a..b].iter().collect::<String>())
                .collect::<Vec<_>>()
        });
        marked.collect()
    }
}
