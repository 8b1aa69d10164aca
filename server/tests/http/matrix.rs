//! Every route of the API document, called by people of every standing (13 in the security list).
//!
//! One row a route; a letter a person, in the order of [`PEOPLE`]: `+` the row's status, `1` 401, `3` 403, `4` 404. The
//! test fails when a route of the document has no row, and when any answer is another one.

use std::fmt::Write as _;

use meridian_domain::enums::{TeamRole, TeamVisibility, WorkspaceRole};
use meridian_domain::ids::{TeamId, UpdateId};
use meridian_domain::transcript::{Span, spread};
use meridian_server::tell::webhooks as tell;
use meridian_store::repo::{rounds, transcripts, webhooks};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Client;
use crate::world::World;

/// The letters' order: nobody; a stranger with a workspace of their own; guests outside and inside the team; a member
/// outside; in the team a member, the author of everything here, and its admin; the workspace's admin and owner, both
/// outside the team.
const PEOPLE: [&str; 10] = [
    "nobody",
    "stranger",
    "guest outside",
    "guest inside",
    "member outside",
    "team member",
    "author",
    "team admin",
    "workspace admin",
    "owner",
];

/// Method, path, body, the status of `+`, the letters in an open team and in a private one.
type Row = (&'static str, &'static str, &'static str, u16, &'static str, &'static str);

const READ: (&str, &str) = ("144+++++++", "144+4+++44");
const MANAGE_UPDATE: (&str, &str) = ("144333++33", "144343++44");
/// Who made it, the team's admins.
const MANAGE_ROUND: (&str, &str) = ("144333++++", "144343++44");
const CHECK_IN: &str = r#"{"name": "Stand-up", "prompts": ["What is next?"], "open_for_minutes": 20000,
    "schedule": {"days": ["mo", "tu", "we", "th", "fr", "sa", "su"], "at": "08:30", "zone": "UTC"}}"#;
const OWN_UPDATE: (&str, &str) = ("144333+333", "144343+344");
const SEE_TEAM: (&str, &str) = ("144+++++++", "144+4+++++");
const MANAGE_TEAM: (&str, &str) = ("1443333+++", "1443433+++");
const UPLOADER: (&str, &str) = ("144444+444", "144444+444");
const IN_WORKSPACE: (&str, &str) = ("14++++++++", "14++++++++");
const NO_GUESTS: (&str, &str) = ("1433++++++", "1433++++++");
const MANAGE_WORKSPACE: (&str, &str) = ("14333333++", "14333333++");
/// The workspace's owner has the first account here; for others there is nothing.
const RUN_INSTANCE: (&str, &str) = ("144444444+", "144444444+");

const fn row(
    method: &'static str,
    path: &'static str,
    body: &'static str,
    status: u16,
    letters: (&'static str, &'static str),
) -> Row {
    (method, path, body, status, letters.0, letters.1)
}

/// Paths stand under `/api/v1`.
const ROWS: &[Row] = &[
    row("GET", "/workspaces/{w}", "", 200, IN_WORKSPACE),
    row("PATCH", "/workspaces/{w}", r#"{"name": "Acme"}"#, 200, MANAGE_WORKSPACE),
    row("GET", "/workspaces/{w}/insights", "", 200, IN_WORKSPACE),
    row("GET", "/workspaces/{w}/members", "", 200, NO_GUESTS),
    row("PATCH", "/workspaces/{w}/members/{user}", r#"{"role": "member"}"#, 200, MANAGE_WORKSPACE),
    row("DELETE", "/workspaces/{w}/members/{user}", "", 204, MANAGE_WORKSPACE),
    row("GET", "/workspaces/{w}/invites", "", 200, MANAGE_WORKSPACE),
    row("POST", "/workspaces/{w}/invites", r#"{"role": "member"}"#, 201, MANAGE_WORKSPACE),
    row("DELETE", "/workspaces/{w}/invites/{id}", "", 204, MANAGE_WORKSPACE),
    row("GET", "/workspaces/{w}/teams", "", 200, IN_WORKSPACE),
    row("POST", "/workspaces/{w}/teams", r#"{"name": "New"}"#, 201, NO_GUESTS),
    row("GET", "/workspaces/{workspace}/updates", "", 200, IN_WORKSPACE),
    row("GET", "/events", "", 200, IN_WORKSPACE),
    row("GET", "/search", "", 200, IN_WORKSPACE),
    row("GET", "/teams/{t}", "", 200, SEE_TEAM),
    row("PATCH", "/teams/{t}", r#"{"name": "Platform"}"#, 200, MANAGE_TEAM),
    row("DELETE", "/teams/{t}", "", 204, MANAGE_TEAM),
    row("GET", "/teams/{t}/members", "", 200, SEE_TEAM),
    row("GET", "/teams/{t}/overlap", "", 200, SEE_TEAM),
    // Who manages the workspace takes people out of a private team, but puts nobody in, not even themselves.
    row("PUT", "/teams/{t}/members/{user}", r#"{"role": "member"}"#, 204, ("1443333+++", "1443433+33")),
    row("DELETE", "/teams/{t}/members/{user}", "", 204, MANAGE_TEAM),
    row("GET", "/teams/{t}/glossary", "", 200, READ),
    // The team's words are everybody's in the team.
    row("PUT", "/teams/{t}/glossary", r#"{"terms": ["Meridian"]}"#, 200, ("144+3+++++", "144+4+++44")),
    row("GET", "/teams/{t}/agreement", "", 200, READ),
    row("PUT", "/teams/{t}/agreement", r#"{"text": "We answer."}"#, 200, ("1443333+++", "1443433+44")),
    row("GET", "/teams/{team}/asks", "", 200, READ),
    row("GET", "/teams/{team}/answers", "", 200, READ),
    row("GET", "/teams/{team}/decisions", "", 200, READ),
    row("GET", "/teams/{team}/updates", "", 200, READ),
    // Of a private team's only those inside, of any only its admin.
    row("GET", "/teams/{team}/share-links", "", 200, ("1443333+33", "1443433+44")),
    row(
        "POST",
        "/teams/{team}/updates",
        r#"{"kind": "text", "body": "x"}"#,
        201,
        ("144+3+++33", "144+4+++44"),
    ),
    row("GET", "/updates/{update}", "", 200, READ),
    row("PATCH", "/updates/{update}", r#"{"title": "Other"}"#, 200, MANAGE_UPDATE),
    row("DELETE", "/updates/{update}", "", 204, MANAGE_UPDATE),
    row("POST", "/updates/{update}/publish", "{}", 200, OWN_UPDATE),
    // Published: nothing is scheduled.
    row("POST", "/updates/{update}/unschedule", "{}", 409, OWN_UPDATE),
    // Of what is deleted only those know who may bring it back.
    row("POST", "/updates/{update}/restore", "{}", 200, ("144444++44", "144444++44")),
    row("POST", "/updates/{update}/retry", "{}", 409, MANAGE_UPDATE),
    row("GET", "/updates/{update}/events", "", 200, READ),
    row("GET", "/updates/{update}/comments", "", 200, READ),
    row("POST", "/updates/{update}/comments", r#"{"body": "Nice"}"#, 201, READ),
    row("GET", "/updates/{update}/reactions", "", 200, READ),
    row("PUT", "/updates/{update}/reactions/{emoji}", "", 200, READ),
    row("DELETE", "/updates/{update}/reactions/{emoji}", "", 204, READ),
    row("GET", "/updates/{update}/viewers", "", 200, READ),
    row("GET", "/updates/{update}/engagement", "", 200, READ),
    row("PUT", "/updates/{update}/watch", r#"{"by": "watching", "position_ms": 5}"#, 200, READ),
    row("GET", "/updates/{update}/share-links", "", 200, MANAGE_UPDATE),
    row("POST", "/updates/{update}/share-links", r#"{"allow_comments": true}"#, 201, MANAGE_UPDATE),
    row("PATCH", "/share-links/{link}", r#"{"allow_comments": true}"#, 200, MANAGE_UPDATE),
    row("DELETE", "/share-links/{link}", "", 204, MANAGE_UPDATE),
    row("GET", "/updates/{update}/transcript", "", 200, READ),
    row("GET", "/updates/{update}/transcript.{format}", "", 200, READ),
    row("PUT", "/updates/{update}/transcript", "WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n", 200, MANAGE_UPDATE),
    row("POST", "/updates/{update}/transcript/regenerate", "{}", 409, MANAGE_UPDATE),
    row("PATCH", "/transcript/segments/{segment}", r#"{"text": "Better"}"#, 200, MANAGE_UPDATE),
    // No suggestion exists before the first is made by the server; an unknown one tells nobody anything.
    row("POST", "/transcript/suggestions/{suggestion}/accept", "{}", 404, ("1444444444", "1444444444")),
    row("POST", "/transcript/suggestions/{suggestion}/dismiss", "{}", 404, ("1444444444", "1444444444")),
    row("GET", "/teams/{t}/check-ins", "", 200, READ),
    row("POST", "/teams/{t}/check-ins", CHECK_IN, 201, ("144+3+++33", "144+4+++44")),
    row("POST", "/teams/{t}/check-ins/preview", CHECK_IN, 200, ("144+3+++33", "144+4+++44")),
    row("GET", "/check-ins/{k}", "", 200, READ),
    row("PATCH", "/check-ins/{k}", r#"{"name": "Other"}"#, 200, MANAGE_ROUND),
    row("DELETE", "/check-ins/{k}", "", 204, MANAGE_ROUND),
    row("GET", "/check-ins/{k}/next", "", 200, READ),
    row("GET", "/check-ins/{k}/rounds", "", 200, READ),
    row("POST", "/check-ins/{k}/open", "{}", 201, MANAGE_ROUND),
    row("GET", "/rounds/{r}", "", 200, READ),
    row("GET", "/rounds/{r}.md", "", 200, READ),
    row("POST", "/rounds/{r}/excuse", r#"{"user_id": "{author}"}"#, 204, MANAGE_ROUND),
    row("POST", "/rounds/{r}/remind", "{}", 200, MANAGE_ROUND),
    row("PUT", "/rounds/{r}/carried-over/{item}", r#"{"state": "done"}"#, 200, MANAGE_ROUND),
    row("PUT", "/rounds/{r}/goals/{item}", r#"{"due_on": "2026-12-01"}"#, 200, MANAGE_ROUND),
    // It is a plan and no goal: who may unpin it finds nothing.
    row("DELETE", "/rounds/{r}/goals/{item}", "", 404, MANAGE_ROUND),
    row("PATCH", "/comments/{comment}", r#"{"body": "Edited"}"#, 200, OWN_UPDATE),
    row("DELETE", "/comments/{comment}", "", 204, ("144333++++", "144343++44")),
    row("POST", "/comments/{comment}/resolve", "{}", 200, READ),
    row("POST", "/comments/{comment}/reopen", "{}", 200, READ),
    row("POST", "/comments/{comment}/acknowledge", "{}", 200, OWN_UPDATE),
    row("GET", "/comments/{comment}/talk", "", 200, READ),
    row("POST", "/comments/{comment}/talk", "{}", 200, READ),
    // Nobody asked for one.
    row("POST", "/comments/{comment}/talk/close", r#"{"outcome": "Ship it"}"#, 409, READ),
    row("GET", "/comments/{comment}/history", "", 200, READ),
    row("GET", "/workspaces/{workspace}/webhooks", "", 200, MANAGE_WORKSPACE),
    row(
        "POST",
        "/workspaces/{workspace}/webhooks",
        r#"{"url": "https://example.org/hook", "events": ["update.published"]}"#,
        201,
        MANAGE_WORKSPACE,
    ),
    row("PATCH", "/webhooks/{webhook}", r#"{"enabled": false}"#, 200, MANAGE_WORKSPACE),
    row("DELETE", "/webhooks/{webhook}", "", 204, MANAGE_WORKSPACE),
    row("GET", "/webhooks/{webhook}/deliveries", "", 200, MANAGE_WORKSPACE),
    row("POST", "/webhooks/{webhook}/test", "{}", 200, MANAGE_WORKSPACE),
    row("POST", "/deliveries/{delivery}/redeliver", "{}", 202, MANAGE_WORKSPACE),
    row("GET", "/workspaces/{w}/audit-log", "", 200, MANAGE_WORKSPACE),
    row("GET", "/workspaces/{w}/retention", "", 200, MANAGE_WORKSPACE),
    row("PUT", "/workspaces/{w}/retention", "{}", 200, MANAGE_WORKSPACE),
    row("POST", "/workspaces/{w}/exports", "{}", 202, MANAGE_WORKSPACE),
    // There is none.
    row("GET", "/exports/{export}", "", 404, RUN_INSTANCE),
    row("GET", "/admin/jobs", "", 200, RUN_INSTANCE),
    row("POST", "/admin/jobs/{job}/retry", "{}", 404, RUN_INSTANCE),
    row("POST", "/admin/jobs/{job}/cancel", "{}", 404, RUN_INSTANCE),
    row("GET", "/admin/workers", "", 200, RUN_INSTANCE),
    row("GET", "/admin/storage", "", 200, RUN_INSTANCE),
    row("GET", "/admin/mails", "", 200, RUN_INSTANCE),
    // None was given up here.
    row("POST", "/admin/mails/{mail}/retry", "{}", 404, RUN_INSTANCE),
    row("POST", "/uploads", "", 201, OWN_UPDATE),
    row("HEAD", "/uploads/{id}", "", 200, UPLOADER),
    row("PATCH", "/uploads/{id}", "", 204, UPLOADER),
    row("DELETE", "/uploads/{id}", "", 204, UPLOADER),
];

/// What belongs to the caller alone: 401 for nobody, this status for a new person, 404 with somebody else's id.
const OWN: &[(&str, &str, &str, u16)] = &[
    ("GET", "/me", "", 200),
    ("PATCH", "/me", r#"{"display_name": "Someone"}"#, 200),
    ("DELETE", "/me", "", 204),
    ("GET", "/me/asks", "", 200),
    ("GET", "/me/rounds", "", 200),
    ("GET", "/me/away", "", 200),
    ("PUT", "/me/away", r#"{"from": "2026-11-02", "to": "2026-11-03"}"#, 200),
    ("GET", "/me/holidays", "", 200),
    ("PUT", "/me/holidays", r#"{"dates": ["2026-12-25"]}"#, 200),
    ("GET", "/me/catch-up", "", 200),
    ("POST", "/me/catch-up/seen", r#"{"update_ids": ["00000000-0000-7000-8000-000000000000"]}"#, 422),
    ("GET", "/check-in-templates", "", 200),
    ("GET", "/me/sessions", "", 200),
    ("DELETE", "/me/sessions/{id}", "", 204),
    ("GET", "/me/api-tokens", "", 200),
    ("POST", "/me/api-tokens", r#"{"name": "ci", "scopes": ["read"]}"#, 201),
    ("DELETE", "/me/api-tokens/{id}", "", 204),
    ("GET", "/notifications", "", 200),
    ("POST", "/notifications/read", r#"{"all": true}"#, 200),
    ("GET", "/me/notification-settings", "", 200),
    ("PUT", "/me/notification-settings", r#"{"digest": false}"#, 200),
    ("GET", "/me/feeds", "", 200),
    ("POST", "/me/feeds", r#"{"kind": "due"}"#, 201),
    ("DELETE", "/me/feeds/{id}", "", 204),
    ("POST", "/me/password", r#"{"current_password": "wrong horse", "new_password": "another horse"}"#, 422),
    ("GET", "/workspaces", "", 200),
    ("POST", "/workspaces", r#"{"name": "Mine"}"#, 201),
    ("POST", "/invites/{token}/accept", "{}", 200),
];

/// What nobody in particular may call, with the answer they get; the whole of it.
const PUBLIC: &[(&str, &str, &str, u16)] = &[
    ("POST", "/api/v1/auth/login", r#"{"email": "x@example.org", "password": "wrong horse"}"#, 401),
    ("POST", "/api/v1/auth/logout", "{}", 204),
    ("POST", "/api/v1/auth/password/forgot", r#"{"email": "x@example.org"}"#, 204),
    ("POST", "/api/v1/auth/password/reset", r#"{"token": "x", "new_password": "correct horse"}"#, 422),
    // This instance has no provider; with one: tests/it/whole/oidc.rs.
    ("GET", "/api/v1/auth/oidc/start", "", 404),
    ("GET", "/api/v1/auth/oidc/callback", "", 404),
    ("POST", "/api/v1/auth/refresh", "{}", 401),
    ("POST", "/api/v1/auth/signup", "{}", 422),
    ("GET", "/api/v1/instance", "", 200),
    ("GET", "/api/v1/invites/{token}", "", 200),
    ("GET", "/api/v1/openapi.json", "", 200),
    // An invitation's token opens no share link. Who gets one that works is tested in share.rs.
    ("GET", "/api/v1/shared/{token}", "", 404),
    ("GET", "/api/v1/shared/{token}/comments", "", 404),
    ("POST", "/api/v1/shared/{token}/comments", r#"{"name": "Guest", "body": "Hi"}"#, 404),
    ("GET", "/api/v1/shared/{token}/transcript", "", 404),
    ("POST", "/api/v1/shared/{token}/unlock", r#"{"password": "correct horse"}"#, 404),
    ("OPTIONS", "/api/v1/uploads", "", 204),
    ("OPTIONS", "/api/v1/uploads/{id}", "", 204),
    // Its address carries the right; this one has none.
    ("GET", "/api/v1/exports/{export}/archive.zip", "", 404),
    ("GET", "/healthz", "", 200),
    // No address.
    ("GET", "/oembed", "", 400),
    // Without a configured token there is nothing.
    ("GET", "/metrics", "", 404),
    ("GET", "/readyz", "", 200),
];

/// Everybody of [`PEOPLE`], and what was made once.
struct Cast {
    world: World,
    people: Vec<Client>,
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

impl Cast {
    async fn new() -> Self {
        let world = World::new().await;
        let server = &world.server;
        let (tia, wanda) = (server.user("Tia").await, server.user("Wanda").await);
        server.add_member(world.workspace, &tia, WorkspaceRole::Member).await;
        server.add_member(world.workspace, &wanda, WorkspaceRole::Admin).await;
        for team in [world.open, world.private] {
            server.join(team, &tia, TeamRole::Member).await;
        }
        server.join(world.private, &world.gus, TeamRole::Member).await;
        let World { sam, gil, gus, cleo, ben, ada, olga, .. } = &world;
        let people = [&server.anonymous(), sam, gil, gus, cleo, &tia, ben, ada, &wanda, olga];
        let people = people.into_iter().cloned().collect();
        Self { world, people }
    }

    fn author(&self) -> &Client {
        &self.people[6]
    }

    /// A team with everybody who is in the others.
    async fn new_team(&self, visibility: TeamVisibility) -> TeamId {
        let World { server, workspace, ada, .. } = &self.world;
        let team = server.team(*workspace, visibility, ada).await;
        for index in [3, 5, 6] {
            server.join(team, &self.people[index], TeamRole::Member).await;
        }
        team
    }

    /// A video without bytes, with a recognised transcript where `spoken`.
    async fn video(&self, team: TeamId, extra: Value, spoken: bool) -> UpdateId {
        let made = self.world.video(self.author(), team, extra).await;
        let update: UpdateId = id(&made).parse().unwrap();
        let span =
            Span { start_ms: 0, end_ms: 9_000, text: "Hello".to_owned(), words: spread("Hello", 0, 9_000) };
        if spoken {
            self.world
                .server
                .write(async |tx| {
                    let made = transcripts::begin_recognised(tx, update, None, "en", "base").await.unwrap();
                    transcripts::append_recognised(tx, made, &[span]).await.unwrap();
                    transcripts::finish_recognised(tx, made, None).await.unwrap();
                })
                .await;
        }
        update
    }

    async fn comment(&self, update: UpdateId) -> String {
        let ask = json!({"body": "When?", "kind": "question", "assignee_id": self.author().id});
        id(&self.author().post(&format!("/api/v1/updates/{update}/comments"), ask).await.expect(201))
    }

    async fn upload(&self, update: UpdateId) -> String {
        let request = self
            .author()
            .request(Method::POST, &format!("/api/v1/uploads?update_id={update}"))
            .header("tus-resumable", "1.0.0")
            .header("upload-length", "100");
        let made = crate::support::Answer::of(request).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.headers["location"].to_str().unwrap().rsplit('/').next().unwrap().to_owned()
    }

    /// A new member of the workspace, and of the team.
    async fn subject(&self, team: TeamId) -> String {
        let server = &self.world.server;
        let who = server.user("Subject").await;
        server.add_member(self.world.workspace, &who, WorkspaceRole::Member).await;
        server.join(team, &who, TeamRole::Member).await;
        who.id.to_string()
    }

    /// A webhook of the workspace; nothing can be reached at its address.
    async fn webhook(&self) -> String {
        let at = format!("/api/v1/workspaces/{}/webhooks", self.world.workspace);
        let new = json!({"url": "https://nowhere.invalid/hook", "events": ["comment.created"]});
        id(&self.world.olga.post(&at, new).await.expect(201))
    }

    /// A delivery of something that just happened in the open team.
    async fn delivery(&self, hook: &str) -> String {
        let update = self.video(self.world.open, json!({}), false).await;
        self.comment(update).await;
        let state = &self.world.server.state;
        webhooks::consume(&state.store, &mut tell::consumer()).await.unwrap();
        let list = self.world.olga.get(&format!("/api/v1/webhooks/{hook}/deliveries")).await.expect(200);
        id(&list["items"][0])
    }

    async fn invite(&self) -> Value {
        let at = format!("/api/v1/workspaces/{}/invites", self.world.workspace);
        self.world.olga.post(&at, json!({"role": "member"})).await.expect(201)
    }

    /// The update that a route is about, in the state that the route needs; `made`: another one.
    async fn update_for(&self, path: &str, team: TeamId, allowed: bool, made: Option<UpdateId>) -> UpdateId {
        if let Some(update) = made {
            return update;
        }
        let draft = path.ends_with("/publish") && allowed;
        let extra = if draft { json!({"publish": "draft"}) } else { json!({}) };
        let update = self.video(team, extra, path.contains("transcript")).await;
        if path.ends_with("/restore") {
            let gone = self.author().delete(&format!("/api/v1/updates/{update}")).await;
            assert_eq!(gone.status, 204, "{}", gone.text);
        }
        update
    }

    async fn check_in(&self, author: &Client, team: TeamId) -> String {
        let new = serde_json::from_str(CHECK_IN).unwrap();
        id(&author.post(&format!("/api/v1/teams/{team}/check-ins"), new).await.expect(201))
    }

    /// A round of the author's check-in in which everybody in the team is expected, and the author's plan from the round
    /// before it.
    async fn round(&self, team: TeamId) -> (String, String) {
        let server = &self.world.server;
        server.set_clock("2026-11-01T08:00:00Z");
        let author = &server.renewed(self.author()).await;
        let check_in = self.check_in(author, team).await;
        let at = format!("/api/v1/check-ins/{check_in}/rounds");
        server.set_clock("2026-11-01T08:30:00Z");
        rounds::run_due(&server.state.store).await.unwrap();
        let author = &server.renewed(author).await;
        let first = id(&author.get(&at).await.expect(200)["items"][0]);
        let answer = json!({"kind": "text", "body": "- Docs", "round_id": first});
        author.post(&format!("/api/v1/teams/{team}/updates"), answer).await.expect(201);
        server.set_clock("2026-11-02T08:30:00Z");
        rounds::run_due(&server.state.store).await.unwrap();
        let author = &server.renewed(author).await;
        let second = id(&author.get(&at).await.expect(200)["items"][0]);
        let read = author.get(&format!("/api/v1/rounds/{second}")).await.expect(200);
        server.set_clock(crate::support::BEGIN);
        (second, id(&read["carried_over"][0]))
    }

    /// The path with ids of new objects in a team (`about`: of an update that is there).
    async fn fill(
        &self,
        method: &str,
        path: &str,
        team: TeamId,
        allowed: bool,
        about: Option<UpdateId>,
    ) -> String {
        let mut full = format!("/api/v1{path}");
        let mut put = |name: &str, value: &str| full = full.replace(name, value);
        let workspace = self.world.workspace.to_string();
        put("{w}", &workspace);
        put("{workspace}", &workspace);
        put("{emoji}", "%F0%9F%91%8D");
        put("{format}", "vtt");
        put("{suggestion}", "00000000-0000-7000-8000-000000000000");
        for name in ["{mail}", "{job}", "{export}"] {
            put(name, "00000000-0000-7000-8000-000000000000");
        }
        if path.contains("{webhook}") || path.contains("{delivery}") {
            let hook = self.webhook().await;
            put("{webhook}", &hook);
            if path.contains("{delivery}") {
                put("{delivery}", &self.delivery(&hook).await);
            }
        }
        if path.contains("{user}") {
            put("{user}", &self.subject(team).await);
        }
        put("{t}", &team.to_string());
        put("{team}", &team.to_string());
        if path.contains("/invites/{id}") {
            put("{id}", &id(&self.invite().await));
        }
        if path.contains("{k}") {
            put("{k}", &self.check_in(self.author(), team).await);
        }
        if path.contains("{r}") {
            let (round, item) = self.round(team).await;
            put("{r}", &round);
            put("{item}", &item);
        }
        let needs = ["{update}", "{comment}", "{segment}", "{link}", "/uploads"];
        if needs.iter().any(|part| path.contains(part)) {
            let update = self.update_for(path, team, allowed, about).await;
            put("{update}", &update.to_string());
            if path.contains("{comment}") {
                put("{comment}", &self.comment(update).await);
            }
            if path.contains("{link}") {
                let at = format!("/api/v1/updates/{update}/share-links");
                put("{link}", &id(&self.author().post(&at, json!({})).await.expect(201)));
            }
            if path.contains("{segment}") {
                let read =
                    self.author().get(&format!("/api/v1/updates/{update}/transcript")).await.expect(200);
                put("{segment}", read["segments"][0]["id"].as_str().unwrap());
            }
            if path == "/uploads" {
                write!(full, "?update_id={update}").unwrap();
            } else if path.starts_with("/uploads") {
                full = full.replace("{id}", &self.upload(update).await);
            }
        } else if path == "/events" || path == "/search" {
            write!(full, "?workspace_id={workspace}&q=hello").unwrap();
        }
        assert!(!full.contains('{'), "{method} {full}");
        full
    }
}

/// The status; event streams have no end that could be waited for.
async fn call(who: &Client, method: &str, path: &str, body: &str) -> u16 {
    let mut request = who.request(method.parse().unwrap(), path);
    if path.contains("/uploads") {
        request = request.header("tus-resumable", "1.0.0");
        request = match method {
            "POST" => request.header("upload-length", "100"),
            "PATCH" => request
                .header("upload-offset", "0")
                .header("content-type", "application/offset+octet-stream")
                .body("ten bytes!"),
            _ => request,
        };
    } else if body.starts_with("WEBVTT") {
        request = request.header("content-type", "text/vtt").body(body.to_owned());
    } else if !body.is_empty() {
        request = request.header("content-type", "application/json").body(body.to_owned());
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    if !path.contains("/events") {
        answer.bytes().await.unwrap();
    }
    status
}

fn status_of(letter: char, allowed: u16) -> u16 {
    match letter {
        '1' => 401,
        '3' => 403,
        '4' => 404,
        '+' => allowed,
        other => panic!("no such letter: {other}"),
    }
}

/// Every method and path of the document.
pub(crate) fn documented() -> Vec<(String, String)> {
    let document = meridian_server::app::openapi().unwrap();
    let paths = document["paths"].as_object().unwrap();
    let verbs = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
    let of = |path: &String, item: &Value| -> Vec<(String, String)> {
        let methods = item.as_object().unwrap().keys().filter(|key| verbs.contains(&key.as_str()));
        methods.map(|method| (method.to_uppercase(), path.clone())).collect()
    };
    paths.iter().flat_map(|(path, item)| of(path, item)).collect()
}

/// Media addresses: a ticket is the credential, whoever asks. Who gets one that works is tested in media.rs.
fn by_ticket() -> Vec<(String, String)> {
    documented().into_iter().filter(|(_, path)| path.starts_with("/media/{ticket}/{update}/")).collect()
}

#[test]
fn every_route_of_the_document_has_one_row() {
    let mut rows: Vec<(String, String)> = Vec::new();
    rows.extend(ROWS.iter().map(|row| (row.0.to_owned(), format!("/api/v1{}", row.1))));
    rows.extend(OWN.iter().map(|row| (row.0.to_owned(), format!("/api/v1{}", row.1))));
    rows.extend(PUBLIC.iter().map(|row| (row.0.to_owned(), row.1.to_owned())));
    rows.extend(by_ticket());
    rows.sort();
    let mut routes = documented();
    routes.sort();
    let missing: Vec<_> = routes.iter().filter(|route| !rows.contains(route)).collect();
    assert!(missing.is_empty(), "routes without a row in matrix.rs: {missing:#?}");
    let gone: Vec<_> = rows.iter().filter(|row| !routes.contains(row)).collect();
    assert!(gone.is_empty(), "rows without a route: {gone:#?}");
    assert_eq!(rows.len(), routes.len(), "a route has two rows");
    for row in ROWS {
        assert_eq!((row.4.len(), row.5.len()), (PEOPLE.len(), PEOPLE.len()), "{} {}", row.0, row.1);
        // Nobody is anybody's, and strangers find nothing of another workspace.
        assert!(row.4.starts_with("14") && row.5.starts_with("14"), "{} {}", row.0, row.1);
    }
}

/// 13: every route, every standing, in an open and in a private team.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_answers_everybody_as_the_table_says() {
    let cast = Cast::new().await;
    let mut wrong = Vec::new();
    for (visibility, shared) in
        [(TeamVisibility::Open, cast.world.open), (TeamVisibility::Private, cast.world.private)]
    {
        for &(method, path, body, status, open, private) in ROWS {
            let letters = if visibility == TeamVisibility::Open { open } else { private };
            let mut told = String::new();
            let mut differs = false;
            // Who is refused changes nothing, so all of them ask for the same object.
            let denied = cast.fill(method, path, shared, false, None).await;
            for (who, letter) in cast.people.iter().zip(letters.chars()) {
                let fresh = letter == '+' && method != "GET";
                let at = if fresh {
                    let team = if (method, path) == ("DELETE", "/teams/{t}") {
                        cast.new_team(visibility).await
                    } else {
                        shared
                    };
                    cast.fill(method, path, team, true, None).await
                } else {
                    denied.clone()
                };
                if fresh && path.ends_with("{emoji}") && method == "DELETE" {
                    assert_eq!(call(who, "PUT", &at, "").await, 200);
                }
                let body = body.replace("{author}", &cast.author().id.to_string());
                let got = call(who, method, &at, &body).await;
                differs |= got != status_of(letter, status);
                write!(told, " {got}").unwrap();
            }
            if differs {
                wrong.push(format!("{method} {path} ({visibility:?}): {letters} ({status}), got{told}"));
            }
        }
    }
    assert!(wrong.is_empty(), "in the order of PEOPLE:\n{}", wrong.join("\n"));
}

/// Drafts are their author's, direct updates those people's: every route with such an update, or anything on it, is 404
/// for all others, whatever they are in the team and the workspace.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drafts_and_direct_updates_are_nowhere_for_others() {
    let cast = Cast::new().await;
    let team = cast.world.open;
    let to = cast.people[5].id;
    let mut wrong = Vec::new();
    for (what, extra, seers) in
        [("draft", json!({"publish": "draft"}), vec![6]), ("direct", json!({"audience": [to]}), vec![5, 6])]
    {
        for &(method, path, body, ..) in ROWS {
            let about = ["{update}", "{comment}", "{segment}", "{link}", "/uploads"]
                .iter()
                .any(|part| path.contains(part));
            if !about {
                continue;
            }
            let update = cast.video(team, extra.clone(), true).await;
            let at = cast.fill(method, path, team, false, Some(update)).await;
            for (index, who) in cast.people.iter().enumerate().filter(|(index, _)| !seers.contains(index)) {
                let expected = if index == 0 { 401 } else { 404 };
                let got = call(who, method, &at, body).await;
                if got != expected {
                    wrong.push(format!("{what}: {method} {path} as {}: {got}", PEOPLE[index]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is one's own: nobody is refused, a new person is served, another person's id does not exist.
#[tokio::test]
async fn what_is_ones_own_is_nobody_elses() {
    let cast = Cast::new().await;
    let server = &cast.world.server;
    let mut wrong = Vec::new();
    for &(method, path, body, status) in OWN {
        let who = server.user("Someone").await;
        let mut at = format!("/api/v1{path}");
        if path.contains("{token}") {
            at = at.replace("{token}", cast.invite().await["token"].as_str().unwrap());
        } else if path.contains("sessions/{id}") {
            let second = server.renewed(&who).await;
            let listed = second.get("/api/v1/me/sessions").await.expect(200);
            let items = listed["items"].as_array().unwrap();
            at = at
                .replace("{id}", &id(items.iter().find(|item| item["current"] != true).unwrap_or(&items[0])));
        } else if path.contains("feeds/{id}") {
            let made = who.post("/api/v1/me/feeds", json!({"kind": "due"})).await.expect(201);
            at = at.replace("{id}", &id(&made));
        } else if path.contains("{id}") {
            let new = json!({"name": "ci", "scopes": ["read"]});
            at = at.replace("{id}", &id(&who.post("/api/v1/me/api-tokens", new).await.expect(201)));
        }
        let mut check = async |name: &str, who: &Client, expected: u16| {
            let got = call(who, method, &at, body).await;
            if got != expected {
                wrong.push(format!("{method} {path} as {name}: {got} instead of {expected}"));
            }
        };
        check("nobody", &server.anonymous(), 401).await;
        if path.contains("{id}") {
            check("somebody else", &cast.world.olga, 404).await;
        }
        check("oneself", &who, status).await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn nobody_in_particular_gets_only_what_is_public() {
    let cast = Cast::new().await;
    let nobody = cast.world.server.anonymous();
    let mut wrong = Vec::new();
    for &(method, path, body, status) in PUBLIC {
        let at = path
            .replace("{token}", cast.invite().await["token"].as_str().unwrap())
            .replace("{id}", "00000000-0000-7000-8000-000000000000")
            .replace("{export}", "00000000-0000-7000-8000-000000000000");
        let got = call(&nobody, method, &at, body).await;
        if got != status {
            wrong.push(format!("{method} {path}: {got} instead of {status}"));
        }
    }
    // A made-up ticket opens nothing, whoever brings it.
    let update = cast.video(cast.world.open, json!({}), false).await;
    let by_ticket = by_ticket();
    assert!(by_ticket.len() > 20, "{by_ticket:?}");
    for (method, path) in by_ticket {
        let mut at = path.replace("{ticket}", &"A".repeat(120)).replace("{update}", &update.to_string());
        for (name, value) in [("{n}", "1"), ("{seq}", "1"), ("{rendition}", "720p")] {
            at = at.replace(name, value);
        }
        at = at.replace("{generation}", "00000000-0000-7000-8000-000000000000");
        for who in [&nobody, cast.author()] {
            let got = call(who, &method, &at, "").await;
            if got != 404 {
                wrong.push(format!("{method} {path}: {got} instead of 404"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Who manages the workspace but is not in a private team cannot open it to read it.
#[tokio::test]
async fn a_private_team_is_opened_only_from_within() {
    let cast = Cast::new().await;
    let at = format!("/api/v1/teams/{}", cast.world.private);
    for who in [&cast.people[8], &cast.people[9]] {
        who.patch(&at, json!({"visibility": "open"})).await.expect_problem(403, "forbidden");
        who.get(&format!("{at}/updates")).await.expect_problem(404, "not_found");
    }
    cast.people[7].patch(&at, json!({"visibility": "open"})).await.expect(200);
}

/// Only who signed in with a password may do this, whatever an API token's scopes are.
const SESSION_ONLY: &[(&str, &str)] = &[
    ("POST", "/api/v1/invites/{token}/accept"),
    ("DELETE", "/api/v1/me"),
    ("DELETE", "/api/v1/me/sessions/{id}"),
    ("GET", "/api/v1/me/api-tokens"),
    ("POST", "/api/v1/me/api-tokens"),
    ("DELETE", "/api/v1/me/api-tokens/{id}"),
    ("POST", "/api/v1/me/password"),
    ("POST", "/api/v1/me/feeds"),
    ("DELETE", "/api/v1/me/feeds/{id}"),
];

/// Wants the scope `admin`.
const ADMIN_ONLY: &[(&str, &str)] = &[
    ("PATCH", "/api/v1/workspaces/{w}/members/{user}"),
    ("DELETE", "/api/v1/workspaces/{w}/members/{user}"),
    ("POST", "/api/v1/workspaces/{w}/invites"),
    ("DELETE", "/api/v1/workspaces/{w}/invites/{id}"),
    ("GET", "/api/v1/workspaces/{w}/audit-log"),
    ("PUT", "/api/v1/workspaces/{w}/retention"),
    ("POST", "/api/v1/workspaces/{w}/exports"),
    ("GET", "/api/v1/exports/{export}"),
    ("GET", "/api/v1/admin/jobs"),
    ("POST", "/api/v1/admin/jobs/{job}/retry"),
    ("POST", "/api/v1/admin/jobs/{job}/cancel"),
    ("GET", "/api/v1/admin/workers"),
    ("GET", "/api/v1/admin/storage"),
    ("GET", "/api/v1/admin/mails"),
    ("POST", "/api/v1/admin/mails/{mail}/retry"),
    ("GET", "/api/v1/workspaces/{workspace}/webhooks"),
    ("POST", "/api/v1/workspaces/{workspace}/webhooks"),
    ("PATCH", "/api/v1/webhooks/{webhook}"),
    ("DELETE", "/api/v1/webhooks/{webhook}"),
    ("GET", "/api/v1/webhooks/{webhook}/deliveries"),
    ("POST", "/api/v1/webhooks/{webhook}/test"),
    ("POST", "/api/v1/deliveries/{delivery}/redeliver"),
];

/// The scopes of which a route wants one.
fn wanted_scopes(method: &str, path: &str) -> &'static [&'static str] {
    let route = (method, path);
    if SESSION_ONLY.contains(&route) {
        &[]
    } else if ADMIN_ONLY.contains(&route) {
        &["admin"]
    } else if path.starts_with("/api/v1/uploads") {
        &["upload", "write", "admin"]
    } else if method == "GET" || method == "HEAD" {
        &["read", "write", "admin"]
    } else {
        &["write", "admin"]
    }
}

/// A value that fits a schema of the document, with what is required.
fn example(document: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        return example(document, document.pointer(&name[1..]).unwrap());
    }
    if let Some(first) = schema["enum"].get(0).or_else(|| schema["oneOf"].get(0)) {
        return if schema["enum"].is_array() { first.clone() } else { example(document, first) };
    }
    match schema["type"].as_str() {
        Some("string") => match schema["format"].as_str() {
            Some("uuid") => json!("00000000-0000-7000-8000-000000000000"),
            Some("date-time") => json!("2026-11-02T09:00:00Z"),
            Some("date") => json!("2026-11-02"),
            _ => json!("some text"),
        },
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        Some("array") => json!([example(document, &schema["items"])]),
        _ => {
            let names = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let fields = names.map(|name| (name.to_owned(), example(document, &schema["properties"][name])));
            Value::Object(fields.collect())
        }
    }
}

/// Where the document says less than the server asks for.
fn readable(path: &str, made: Value) -> Value {
    match path {
        "/api/v1/me/holidays" => json!({"dates": []}),
        "/api/v1/rounds/{r}/carried-over/{item}" => json!({"state": "done"}),
        "/api/v1/workspaces/{workspace}/webhooks" => {
            json!({"url": "https://example.org/", "events": ["update.ready"]})
        }
        _ => made,
    }
}

/// 10: every route that wants somebody, with a token of each scope.
#[tokio::test]
async fn scopes_are_checked_on_every_route() {
    let world = World::new().await;
    let mut tokens = Vec::new();
    for scope in ["read", "upload", "write", "admin"] {
        let made = world
            .olga
            .post("/api/v1/me/api-tokens", json!({"name": scope, "scopes": [scope]}))
            .await
            .expect(201);
        tokens.push((scope, made["token"].as_str().unwrap().to_owned()));
    }
    let document = meridian_server::app::openapi().unwrap();
    let public: Vec<_> = PUBLIC.iter().map(|row| (row.0.to_owned(), row.1.to_owned())).collect();
    let by_ticket = by_ticket();
    let mut wrong = Vec::new();
    let mut asked = 0;
    for (method, path) in documented() {
        let route = (method, path);
        if public.contains(&route) || by_ticket.contains(&route) {
            continue;
        }
        let (method, path) = route;
        // Of nothing that is there, so that nothing changes: what the token may not do is said first.
        let mut at = path.clone();
        while let Some((before, after)) =
            at.clone().split_once('{').map(|(b, a)| (b.to_owned(), a.to_owned()))
        {
            let (name, rest) = after.split_once('}').unwrap();
            let value = match name {
                "w" | "workspace" => world.workspace.to_string(),
                "emoji" | "format" => "x".to_owned(),
                _ => "00000000-0000-7000-8000-000000000000".to_owned(),
            };
            at = format!("{before}{value}{rest}");
        }
        // Readable, since what cannot be read may be said before what is not allowed.
        let operation = &document["paths"][&path][method.to_lowercase()];
        let needed = operation["parameters"].as_array().into_iter().flatten();
        let needed = needed.filter(|one| one["in"] == "query" && one["required"] == true);
        let query: Vec<(&str, String)> = needed
            .map(|one| {
                let value = example(&document, &one["schema"]);
                (
                    one["name"].as_str().unwrap(),
                    value.as_str().map_or_else(|| value.to_string(), str::to_owned),
                )
            })
            .collect();
        for (scope, token) in &tokens {
            let who = Client { token: token.clone(), ..world.server.anonymous() };
            let mut request = who.request(method.parse().unwrap(), &at).query(&query);
            if let Some(schema) = operation["requestBody"]["content"].get("application/json") {
                request = request.json(&readable(&path, example(&document, &schema["schema"])));
            }
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            let stream = answer
                .headers()
                .get("content-type")
                .is_some_and(|kind| kind == "text/event-stream; charset=utf-8");
            let text = if stream { String::new() } else { answer.text().await.unwrap() };
            let refused = status == 403 && (text.contains("scope_missing") || method == "HEAD");
            let may = wanted_scopes(&method, &path).contains(scope);
            if refused == may || status == 401 {
                wrong.push(format!("{method} {path} with {scope}: {status} {text}"));
            }
            asked += 1;
        }
    }
    assert!(asked > 200, "{asked}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
