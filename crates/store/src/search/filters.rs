//! Filters as facets: who sees, who wrote, which team, which kind.

use meridian_domain::enums::{CommentKind, UpdateKind};
use meridian_domain::ids::{AudienceId, TeamId, UserId, WorkspaceId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::condition::{Facets, id_facet, word_facet};
use super::engine::Between;
use super::find::Request;
use super::fold::{fold, lower};
use super::results::HitSource;
use super::sql;
use crate::entity::teams;
use crate::repo::users::normal_email;
use crate::{Conn, StoreError};

/// What rows have to have, apart from words.
pub(super) struct Filters {
    /// The audiences that the viewer is in.
    pub(super) audiences: Facets,
    /// Those, and everything else that was asked for.
    pub(super) all: Facets,
    /// Instants.
    pub(super) between: Between,
}

/// Resolves a request's filters and the operators of its query.
pub(super) async fn resolve(
    conn: &impl Conn,
    request: &Request,
    audiences: &[AudienceId],
) -> Result<Filters, StoreError> {
    let mut own = Facets::default();
    own.and(audiences.iter().map(|id| id_facet('a', id.0)).collect());
    let mut all = own.clone();
    let query = &request.query;
    if let Some(team) = request.team {
        all.and(vec![id_facet('t', team.0)]);
    }
    if let Some(author) = request.author {
        all.and(vec![id_facet('u', author.0)]);
    }
    if !query.from.is_empty() {
        let people = people(conn, request.viewer, request.workspace, &query.from).await?;
        all.and(people.iter().map(|id| id_facet('u', id.0)).collect());
    }
    if !query.team.is_empty() {
        let teams = teams_named(conn, audiences, &query.team).await?;
        all.and(teams.iter().map(|id| id_facet('t', id.0)).collect());
    }
    kinds(&mut all, request);
    let after = query.after.as_ref().and_then(|when| when.start_ms(&request.zone));
    let before = query.before.as_ref().and_then(|when| when.start_ms(&request.zone));
    let between = Between {
        after_ms: after.into_iter().chain(request.after_ms).max(),
        before_ms: before.into_iter().chain(request.before_ms).min(),
    };
    Ok(Filters { audiences: own, all, between })
}

fn kinds(all: &mut Facets, request: &Request) {
    let query = &request.query;
    let media = |kinds: &[UpdateKind]| kinds.iter().map(|kind| word_facet('k', kind.as_str())).collect();
    let comment = |kinds: &[CommentKind]| kinds.iter().map(|kind| word_facet('c', kind.as_str())).collect();
    if !query.media_kinds.is_empty() {
        all.and(media(&query.media_kinds));
    }
    if let Some(kind) = request.media_kind {
        all.and(media(&[kind]));
    }
    if !query.comment_kinds.is_empty() {
        all.and(comment(&query.comment_kinds));
    }
    if let Some(kind) = request.comment_kind {
        all.and(comment(&[kind]));
    }
    let of_comments = request.comment_kind.is_some() || !query.comment_kinds.is_empty();
    let mut sources = request.sources.clone();
    if query.positives.is_empty() && sources.is_empty() && !of_comments {
        // Only filters: one row an update.
        sources.push(HitSource::Title);
    }
    if !sources.is_empty() {
        all.and(sources.iter().map(|source| word_facet('s', source.as_str())).collect());
    }
}

/// A name without case and accents.
fn plain(name: &str) -> String {
    name.split_whitespace().map(|word| fold(&lower(word))).collect::<Vec<_>>().join(" ")
}

/// Whether a name, or one of its words, begins so.
fn begins(name: &str, with: &str) -> bool {
    let name = plain(name);
    name.starts_with(with)
        || name
            .match_indices(' ')
            .any(|(at, _)| name.get(at + 1..).is_some_and(|rest| rest.starts_with(with)))
}

async fn people(
    conn: &impl Conn,
    viewer: UserId,
    workspace: WorkspaceId,
    values: &[String],
) -> Result<Vec<UserId>, StoreError> {
    // Whoever has left is still the author of what they said.
    let sql = "SELECT u.id, u.email, u.display_name FROM users u \
        WHERE EXISTS (SELECT 1 FROM members m WHERE m.user_id = u.id AND m.workspace_id = ?) \
        OR EXISTS (SELECT 1 FROM updates p WHERE p.author_id = u.id AND p.workspace_id = ?) \
        OR EXISTS (SELECT 1 FROM comments c WHERE c.author_id = u.id AND c.workspace_id = ?)";
    let mut found = Vec::new();
    for row in sql::all(conn, sql, [workspace.0.into(), workspace.0.into(), workspace.0.into()]).await? {
        let id = UserId(row.try_get_by_index(0)?);
        let (email, name): (String, String) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        let wanted = values.iter().any(|value| {
            let prefix = plain(value);
            (value.eq_ignore_ascii_case("me") && id == viewer)
                || email == normal_email(value)
                || (!prefix.is_empty() && begins(&name, &prefix))
        });
        if wanted {
            found.push(id);
        }
    }
    Ok(found)
}

async fn teams_named(
    conn: &impl Conn,
    audiences: &[AudienceId],
    values: &[String],
) -> Result<Vec<TeamId>, StoreError> {
    let mut found = Vec::new();
    let rows = teams::Entity::find()
        .filter(teams::Column::AudienceId.is_in(audiences.iter().map(|id| id.0)))
        .filter(teams::Column::DeletedAt.is_null())
        .all(conn.raw())
        .await?;
    for team in rows {
        let wanted = values.iter().any(|value| {
            let prefix = plain(value);
            value.parse::<TeamId>().is_ok_and(|id| id.0 == team.id)
                || (!prefix.is_empty() && begins(&team.name, &prefix))
        });
        if wanted {
            found.push(team.id.into());
        }
    }
    Ok(found)
}

/// The languages that the index has words in.
pub(super) async fn languages(conn: &impl Conn) -> Result<Vec<super::language::Language>, StoreError> {
    let rows = sql::all(conn, "SELECT language FROM search_languages ORDER BY language", []).await?;
    let mut found = Vec::new();
    for row in rows {
        let tag: String = row.try_get_by_index(0)?;
        found.extend(super::language::Language::of_tag(&tag));
    }
    Ok(found)
}

/// JSON of numbers, as statements take lists.
pub(super) fn list(rows: &[i64]) -> String {
    json!(rows).to_string()
}
