//! Calls of the API, with the server's own words where one fails.

use anyhow::{Context as _, bail};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

use crate::profile::Profile;

/// A signed-in client.
pub(crate) struct Api {
    client: Client,
    profile: Profile,
}

impl Api {
    /// A client for a profile.
    pub(crate) fn new(profile: Profile) -> anyhow::Result<Self> {
        let client = Client::builder().user_agent(concat!("meridian/", env!("CARGO_PKG_VERSION"))).build()?;
        Ok(Self { client, profile })
    }

    /// A request to a path under `/api/v1`, or to a whole path of the server.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let path = if path.starts_with("/api/") { path.to_owned() } else { format!("/api/v1{path}") };
        self.client.request(method, format!("{}{path}", self.profile.url)).bearer_auth(&self.profile.token)
    }

    /// Sends, and turns a problem document into an error.
    pub(crate) async fn send(&self, request: RequestBuilder) -> anyhow::Result<Response> {
        let response =
            request.send().await.with_context(|| format!("{} cannot be reached", self.profile.url))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let problem: Value = response.json().await.unwrap_or_default();
        bail!("{status}: {}", problem["detail"].as_str().unwrap_or("the server gave no reason"))
    }

    /// GET as JSON.
    pub(crate) async fn json(&self, path: &str, query: &[(&str, &str)]) -> anyhow::Result<Value> {
        Ok(self.send(self.request(Method::GET, path).query(query)).await?.json().await?)
    }

    /// A list, page by page.
    async fn all(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let mut query = vec![("limit", "100")];
            if !cursor.is_empty() {
                query.push(("cursor", &cursor));
            }
            let page = self.json(path, &query).await?;
            items.extend(page["items"].as_array().cloned().unwrap_or_default());
            match page["next_cursor"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => return Ok(items),
            }
        }
    }

    /// GET as text.
    pub(crate) async fn text(&self, path: &str) -> anyhow::Result<String> {
        Ok(self.send(self.request(Method::GET, path)).await?.text().await?)
    }

    /// The id of the first workspace.
    pub(crate) async fn workspace(&self) -> anyhow::Result<String> {
        let me = self.json("/me", &[]).await?;
        let id = me["workspaces"][0]["id"].as_str().context("you are in no workspace yet")?;
        Ok(id.to_owned())
    }

    /// The id of a team by name or id; of the only one where none is named.
    pub(crate) async fn team(&self, named: Option<&str>) -> anyhow::Result<String> {
        let workspace = self.workspace().await?;
        let teams = self.all(&format!("/workspaces/{workspace}/teams")).await?;
        let mine: Vec<&Value> = teams.iter().filter(|team| !team["role"].is_null()).collect();
        let chosen = match named {
            Some(name) => mine.iter().find(|team| team["id"] == name || team["name"] == name),
            None if mine.len() == 1 => mine.first(),
            None => None,
        };
        let choices: Vec<&str> = mine.iter().filter_map(|team| team["name"].as_str()).collect();
        let team =
            chosen.with_context(|| format!("name one of your teams with --team: {}", choices.join(", ")))?;
        Ok(team["id"].as_str().unwrap_or_default().to_owned())
    }
}
