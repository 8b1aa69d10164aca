//! What an archive holds: what one person sees in a workspace at the time of reading.

use bytes::Bytes;
use futures::TryStreamExt as _;
use jiff::Timestamp;
use meridian_domain::ids::UserId;
use meridian_domain::policy::{self, Standing};
use meridian_domain::transcript::{md, txt, vtt};
use meridian_store::repo::updates::{self, FeedFilter, FeedKey, RowUpdate};
use meridian_store::repo::workspaces::{self, Workspace};
use meridian_store::repo::{comments, teams};
use serde::Serialize;
use serde_json::{Value, json};

use super::archive::{Files, Left};
use crate::endpoints::comments::view;
use crate::endpoints::media::saved;
use crate::endpoints::transcripts::read::found;
use crate::error::{ApiError, Code};
use crate::state::AppState;

/// Updates, or comments, that are read at once.
const PAGE: u64 = 50;
/// Longest part of a folder's name that comes from a title, in characters.
const TITLE_CHARS: usize = 60;

const ABOUT: &str = "This archive was made by Meridian. It holds what the person who asked for it could see.\n\n\
    workspace.json       the workspace, its people and teams\n\
    updates/<day> <title> <id>/\n\
    \x20 update.json        everything about the update\n\
    \x20 body.md            what was written\n\
    \x20 media.mp4 or .m4a  the recording as people watch it\n\
    \x20 transcript.vtt, .md, .txt\n\
    \x20 comments.json      comments and answers, oldest first\n\
    problems.json        what could not be read; empty when all went well\n";

/// Why an archive ends before its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error(transparent)]
    Left(#[from] Left),
    #[error("{}", .0.problem().title)]
    Api(#[from] ApiError),
    #[error(transparent)]
    Store(#[from] meridian_store::StoreError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("a recording broke off")]
    Media(#[source] meridian_blobs::BlobError),
}

/// An archive to write.
pub(super) struct Contents {
    state: AppState,
    viewer: UserId,
    workspace: Workspace,
    with_media: bool,
}

/// A file that could not be read.
#[derive(Serialize)]
struct Trouble {
    file: String,
    reason: &'static str,
}

impl Contents {
    pub(super) fn new(state: AppState, viewer: UserId, workspace: Workspace, with_media: bool) -> Self {
        Self { state, viewer, workspace, with_media }
    }

    /// Writes all files.
    pub(super) async fn write(&self, files: &Files) -> Result<(), Broken> {
        files.text("README.txt".to_owned(), ABOUT).await?;
        files.text("workspace.json".to_owned(), pretty(&self.workspace().await?)?).await?;
        let mut troubles = Vec::new();
        let mut after = None;
        loop {
            let conn = self.state.store.reader();
            let (viewer, filter) = (self.viewer, FeedFilter::default());
            let rows = updates::workspace_feed(conn, viewer, self.workspace.id, &filter, after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = Some(FeedKey::of(last));
            for row in &rows {
                troubles.extend(self.update(files, row).await?);
            }
        }
        files.text("problems.json".to_owned(), pretty(&troubles)?).await?;
        Ok(())
    }

    async fn workspace(&self) -> Result<Value, Broken> {
        let conn = self.state.store.reader();
        let mut people = Vec::new();
        let mut after = None;
        loop {
            let members = workspaces::members(conn, self.workspace.id, after, PAGE).await?;
            let Some(last) = members.last() else { break };
            after = Some(last.user_id);
            people.extend(members.iter().map(|one| {
                json!({"id": one.user_id, "display_name": one.display_name, "email": one.email,
                    "time_zone": one.time_zone, "role": one.role})
            }));
        }
        let sees = |team: &teams::Team, role| {
            policy::sees_team(Standing { workspace: Some(self.workspace.role), team: role }, team.visibility)
        };
        let teams: Vec<Value> = teams::list(conn, self.viewer, self.workspace.id)
            .await?
            .into_iter()
            .filter(|(team, role)| sees(team, *role))
            .map(|(team, _)| json!({"id": team.id, "name": team.name, "visibility": team.visibility}))
            .collect();
        Ok(json!({"id": self.workspace.id, "name": self.workspace.name, "people": people, "teams": teams,
            "exported_at": self.state.clock().now(), "exported_by": self.viewer}))
    }

    /// One update's folder; what could not be read is returned.
    async fn update(&self, files: &Files, row: &RowUpdate) -> Result<Vec<Trouble>, Broken> {
        let conn = self.state.store.reader();
        let folder = format!("updates/{}", folder(row));
        let told = updates::public_json(conn, row).await?;
        files.text(format!("{folder}/update.json"), pretty(&told)?).await?;
        if !row.body.is_empty() {
            files.text(format!("{folder}/body.md"), row.body.clone()).await?;
        }
        self.comments(files, row, &folder).await?;
        let transcript = match found(conn, row, None, false).await {
            // One that is still being made, or that nobody speaks in, has no file.
            Err(error) if matches!(error.code(), Code::TranscriptPending | Code::NotFound) => None,
            other => other?,
        };
        if let Some(transcript) = transcript {
            let spans = transcript.exported(row);
            files.text(format!("{folder}/transcript.vtt"), vtt(&spans)).await?;
            files.text(format!("{folder}/transcript.md"), md(&row.title, &spans)).await?;
            files.text(format!("{folder}/transcript.txt"), txt(&spans)).await?;
        }
        if self.with_media { self.media(files, row, &folder).await } else { Ok(Vec::new()) }
    }

    async fn comments(&self, files: &Files, row: &RowUpdate, folder: &str) -> Result<(), Broken> {
        let conn = self.state.store.reader();
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let rows = comments::list(conn, row, after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = Some(comments::CommentKey(last.created_at, last.id.0));
            all.extend(view::render(conn, rows).await?);
        }
        if !all.is_empty() {
            files.text(format!("{folder}/comments.json"), pretty(&all)?).await?;
        }
        Ok(())
    }

    /// A recording that cannot be begun is named and left out; one that breaks off breaks the archive, so that nobody takes
    /// a part for the whole.
    async fn media(&self, files: &Files, row: &RowUpdate, folder: &str) -> Result<Vec<Trouble>, Broken> {
        let Some(mut file) = saved(&self.state, row).await? else { return Ok(Vec::new()) };
        let name = format!("{folder}/media.{}", file.ending);
        let first: Option<Bytes> = match file.bytes.try_next().await {
            Ok(first) => first,
            Err(error) => {
                tracing::warn!(%error, update = %row.id, "a recording could not be exported");
                return Ok(vec![Trouble { file: name, reason: "the recording's bytes could not be read" }]);
            }
        };
        files.media(name).await?;
        if let Some(first) = first {
            files.bytes(first).await?;
        }
        while let Some(bytes) = file.bytes.try_next().await.map_err(Broken::Media)? {
            files.bytes(bytes).await?;
        }
        Ok(Vec::new())
    }
}

fn pretty(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec_pretty(value)
}

/// Day, title without what file systems dislike, and the id, which makes it unique.
fn folder(row: &RowUpdate) -> String {
    let day = Timestamp::from_millisecond(row.published_at.unwrap_or(row.created_at))
        .map(|at| at.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default();
    let parts = [day, plain(&row.title), row.id.to_string()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn plain(title: &str) -> String {
    let spaced: String = title
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { ' ' })
        .take(TITLE_CHARS)
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn no_title_leads_out_of_its_folder() {
        let cases = [
            ("../../etc/passwd", "etc passwd"),
            ("a/b\\c:d", "a b c d"),
            ("\u{0}\u{202e}x", "x"),
            ("...", ""),
            ("Ünïcode – fine", "Ünïcode fine"),
        ];
        for (title, wanted) in cases {
            assert_eq!(plain(title), wanted, "{title:?}");
        }
    }
}
