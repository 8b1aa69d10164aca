//! The usual cast: one workspace, an open and a private team, people of every standing, and a stranger.

use meridian_domain::enums::{TeamRole, TeamVisibility, WorkspaceRole};
use meridian_domain::ids::{TeamId, WorkspaceId};
use serde_json::{Value, json};

use crate::support::{Client, TestServer};

/// See the module.
pub(crate) struct World {
    pub(crate) server: TestServer,
    pub(crate) workspace: WorkspaceId,
    /// Ada (admin) and Ben are in it.
    pub(crate) open: TeamId,
    /// Ada (admin) and Ben are in it.
    pub(crate) private: TeamId,
    /// Member of the workspace, admin of both teams.
    pub(crate) ada: Client,
    /// Member of the workspace and of both teams.
    pub(crate) ben: Client,
    /// Member of the workspace, in no team.
    pub(crate) cleo: Client,
    /// Owner of the workspace, in no team.
    pub(crate) olga: Client,
    /// Guest, in the open team.
    pub(crate) gus: Client,
    /// Guest, in no team.
    pub(crate) gil: Client,
    /// In another workspace.
    pub(crate) sam: Client,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// The same on a server with changed settings.
    pub(crate) async fn with(change: impl FnOnce(&mut meridian_config::Settings)) -> Self {
        let server = TestServer::start_with(change).await;
        let olga = server.user("Olga").await;
        let workspace = server.workspace(&olga).await;
        let ada = server.user_in("Ada", "Europe/Berlin").await;
        let ben = server.user_in("Ben", "America/New_York").await;
        let (cleo, gus, gil) =
            (server.user("Cleo").await, server.user("Gus").await, server.user("Gil").await);
        let sam = server.user("Sam").await;
        server.workspace(&sam).await;
        for who in [&ada, &ben, &cleo] {
            server.add_member(workspace, who, WorkspaceRole::Member).await;
        }
        for who in [&gus, &gil] {
            server.add_member(workspace, who, WorkspaceRole::Guest).await;
        }
        let open = server.team(workspace, TeamVisibility::Open, &ada).await;
        let private = server.team(workspace, TeamVisibility::Private, &ada).await;
        for team in [open, private] {
            server.join(team, &ben, TeamRole::Member).await;
        }
        server.join(open, &gus, TeamRole::Member).await;
        Self { server, workspace, open, private, ada, ben, cleo, olga, gus, gil, sam }
    }

    /// A text update.
    pub(crate) async fn text(&self, who: &Client, team: TeamId, extra: Value) -> Value {
        let mut body = json!({"kind": "text", "title": "Plan", "body": "Ship the *release* today."});
        merge(&mut body, extra);
        who.post(&format!("/api/v1/teams/{team}/updates"), body).await.expect(201)
    }

    /// A video update without bytes.
    pub(crate) async fn video(&self, who: &Client, team: TeamId, extra: Value) -> Value {
        let mut body = json!({"kind": "video", "title": "Demo"});
        merge(&mut body, extra);
        who.post(&format!("/api/v1/teams/{team}/updates"), body).await.expect(201)
    }
}

fn merge(body: &mut Value, extra: Value) {
    if let (Value::Object(body), Value::Object(extra)) = (body, extra) {
        body.extend(extra);
    }
}

/// The path of an update made before.
pub(crate) fn path(update: &Value) -> String {
    format!("/api/v1/updates/{}", update["id"].as_str().unwrap())
}

/// The ids of a list's entries.
pub(crate) fn ids(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}
