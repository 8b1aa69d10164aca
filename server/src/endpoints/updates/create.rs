//! POST `/teams/{t}/updates`.

use actix_web::http::header;
use actix_web::{HttpResponse, post, web};
use garde::Validate;
use jiff::Timestamp;
use meridian_domain::enums::{Priority, PublishState, UpdateKind};
use meridian_domain::ids::{RoundId, TeamId, UpdateId, UserId};
use meridian_store::repo::check_ins;
use meridian_store::repo::updates::{self, Audience, NewUpdate, TeamAccess};
use meridian_store::{Conn, Tx};
use serde::Deserialize;
use utoipa::ToSchema;

use super::fields::{self, ChapterBody, LinkBody};
use super::schema::{PriorityWord, UpdateKindWord};
use super::{access, render_one, view::UpdateView};
use crate::auth::Auth;
use crate::endpoints::rounds;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, etag};
use crate::state::AppState;

/// When others see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PublishChoice {
    /// Later, by hand.
    Draft,
    /// At once.
    #[default]
    Now,
    /// At `publish_at`.
    Scheduled,
}

/// An update to make.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = NewUpdate)]
pub struct CreateBody {
    /// At most 200 characters; a text without one is called after its first line.
    #[garde(inner(length(chars, max = fields::MAX_TITLE)))]
    title: Option<String>,
    /// What it is.
    #[garde(skip)]
    #[schema(value_type = UpdateKindWord)]
    kind: UpdateKind,
    /// Markdown, at most 50,000 characters; a text needs one.
    #[garde(inner(length(chars, max = fields::MAX_BODY)))]
    body: Option<String>,
    /// Documents that go with it.
    #[garde(length(max = 50), dive)]
    #[serde(default)]
    links: Vec<LinkBody>,
    /// When others see it.
    #[garde(skip)]
    publish: Option<PublishChoice>,
    /// For `scheduled`: when.
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = DateTime)]
    publish_at: Option<Timestamp>,
    /// The people who see it, for a direct update; else the team does.
    #[garde(inner(length(min = 1, max = 500)))]
    #[schema(value_type = Option<Vec<Uuid>>)]
    audience: Option<Vec<UserId>>,
    /// How pressing.
    #[garde(skip)]
    #[schema(value_type = Option<PriorityWord>)]
    priority: Option<Priority>,
    /// Which round it answers.
    #[garde(skip)]
    #[schema(value_type = Option<Uuid>)]
    round_id: Option<RoundId>,
    /// Which update it answers; it needs the same audience.
    #[garde(skip)]
    #[schema(value_type = Option<Uuid>)]
    reply_to_id: Option<UpdateId>,
    /// BCP 47; else it is detected.
    #[garde(inner(length(chars, min = 2, max = 35), pattern(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")))]
    language: Option<String>,
    /// How long the recording is, as far as the recorder knows.
    #[garde(inner(range(min = 0, max = fields::MAX_MS)))]
    client_duration_ms: Option<i64>,
    /// Named moments.
    #[garde(length(max = 200), dive)]
    #[serde(default)]
    chapters: Vec<ChapterBody>,
}

/// Makes an update. Its link exists from now on; a text is ready at once, a recording is uploaded to `upload_url`.
#[utoipa::path(tag = "Updates", security(("bearer" = [])),
    params(("team" = Uuid, Path, description = "The team")),
    request_body = CreateBody,
    responses(
        (status = 201, description = "Made", body = UpdateView),
        (status = 403, description = "Not in the team", body = Problem),
        (status = 404, description = "No such team for you", body = Problem),
        (status = 422, description = "A field is not valid", body = Problem),
        (status = 429, description = "Urgent too often within a day", body = Problem)))]
#[post("/teams/{team}/updates")]
pub(crate) async fn create(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<TeamId>,
    body: ApiJson<CreateBody>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let team = access::posting_team(&tx, &auth, path.0).await?;
    let new = prepare(&tx, &auth, &team, body.0).await?;
    let row = updates::insert(&tx, &new).await?;
    access::press(&tx, &row).await?;
    let (id, version, recorded) = (row.id, row.version, row.kind != UpdateKind::Text);
    let shown = render_one(&state, &tx, &auth, row).await?;
    tx.commit().await?;
    if recorded {
        meridian_telemetry::began(id);
    }
    Ok(HttpResponse::Created()
        .insert_header(etag(version))
        .insert_header((header::LOCATION, format!("/api/v1/updates/{}", shown.id)))
        .json(shown))
}

/// Checks what depends on the database and puts the row together.
async fn prepare(tx: &Tx, auth: &Auth, team: &TeamAccess, body: CreateBody) -> ApiResult<NewUpdate> {
    let now_ms = tx.clock().now_ms();
    let (publish_state, publish_at) = when(body.publish, body.publish_at, now_ms)?;
    let text = body.body.unwrap_or_default();
    if body.kind == UpdateKind::Text && text.trim().is_empty() {
        return Err(ApiError::invalid("body", "required", "A text update needs a body."));
    }
    let audience = match body.round_id {
        Some(id) => round_audience(tx, auth, team, id, body.audience).await?,
        None => audience(tx, auth, team, body.audience).await?,
    };
    if let Some(length) = body.client_duration_ms {
        short_enough(tx, team, body.round_id, length).await?;
    }
    let audience = match body.reply_to_id {
        Some(parent) => same_audience(tx, auth, team, parent, audience).await?,
        None => audience,
    };
    Ok(NewUpdate {
        workspace_id: team.workspace_id,
        team_id: team.team_id,
        audience,
        author_id: auth.user,
        title: title(body.title.as_deref(), body.kind, &text),
        kind: body.kind,
        body: text,
        links: fields::links(body.links),
        publish_state,
        publish_at,
        priority: body.priority.unwrap_or(Priority::Normal),
        round_id: body.round_id,
        reply_to_id: body.reply_to_id,
        language: body.language,
        client_duration_ms: body.client_duration_ms,
        chapters: fields::chapters(body.chapters),
    })
}

/// Refuses what is longer than the team or the round's check-in allows.
async fn short_enough(tx: &Tx, team: &TeamAccess, round: Option<RoundId>, length: i64) -> ApiResult<()> {
    let asked = match round {
        Some(id) => check_ins::longest_answer(tx, id).await?,
        None => None,
    };
    match [team.max_duration_ms, asked].into_iter().flatten().min() {
        Some(most) if length > most => {
            let detail = format!("Updates here may be {} seconds long.", most / 1000);
            Err(ApiError::invalid("client_duration_ms", "too_long", detail))
        }
        _ => Ok(()),
    }
}

fn title(given: Option<&str>, kind: UpdateKind, text: &str) -> String {
    match given.map(str::trim) {
        Some(given) if !given.is_empty() => given.to_owned(),
        _ if kind == UpdateKind::Text => {
            let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
            line.trim_start_matches(['#', '>', '*', '-', ' ']).chars().take(80).collect()
        }
        _ => String::new(),
    }
}

/// What `publish` and `publish_at` mean together.
pub(super) fn when(
    choice: Option<PublishChoice>,
    at: Option<Timestamp>,
    now_ms: i64,
) -> ApiResult<(PublishState, Option<i64>)> {
    let at_ms = at.map(Timestamp::as_millisecond);
    match (choice.unwrap_or_default(), at_ms) {
        (PublishChoice::Draft, None) => Ok((PublishState::Draft, None)),
        (PublishChoice::Now, None) => Ok((PublishState::Published, None)),
        (PublishChoice::Scheduled, Some(at)) if at > now_ms => Ok((PublishState::Scheduled, Some(at))),
        (PublishChoice::Scheduled, Some(_)) => {
            Err(ApiError::invalid("publish_at", "past", "It has to be in the future."))
        }
        (PublishChoice::Scheduled, None) => {
            Err(ApiError::invalid("publish_at", "required", "Say when it is to be published."))
        }
        (_, Some(_)) => {
            Err(ApiError::invalid("publish_at", "unexpected", "It goes with publish: \"scheduled\" only."))
        }
    }
}

/// The team, or these people and the author. Everyone named has to see the team.
async fn audience(
    conn: &impl Conn,
    auth: &Auth,
    team: &TeamAccess,
    people: Option<Vec<UserId>>,
) -> ApiResult<Audience> {
    let Some(mut people) = people else { return Ok(Audience::Existing(team.audience_id)) };
    people.push(auth.user);
    people.sort_unstable();
    people.dedup();
    for person in &people {
        let sees = updates::team_access(conn, *person, team.team_id).await?;
        if !sees.is_some_and(|sees| sees.reads()) {
            return Err(ApiError::invalid(
                "audience",
                "cannot_see",
                format!("{person} does not see this team."),
            ));
        }
    }
    Ok(Audience::People(people))
}

/// An answer to a round has the round's audience; another one is refused.
async fn round_audience(
    conn: &impl Conn,
    auth: &Auth,
    team: &TeamAccess,
    id: RoundId,
    wanted: Option<Vec<UserId>>,
) -> ApiResult<Audience> {
    let round = rounds::answerable(conn, auth.user, team.team_id, id).await?;
    if let Some(mut wanted) = wanted {
        wanted.push(auth.user);
        wanted.sort_unstable();
        wanted.dedup();
        let mut people = updates::audience_people(conn, round.audience_id).await?.unwrap_or_default();
        people.sort_unstable();
        if people != wanted {
            let detail = "An answer is seen by those who see the round.";
            return Err(ApiError::invalid("audience", "other_audience", detail));
        }
    }
    Ok(Audience::Existing(round.audience_id))
}

/// The audience of the answered update, which has to be the one that was asked for.
async fn same_audience(
    conn: &impl Conn,
    auth: &Auth,
    team: &TeamAccess,
    parent: UpdateId,
    wanted: Audience,
) -> ApiResult<Audience> {
    let unknown = || ApiError::invalid("reply_to_id", "unknown", "There is no such update that you can see.");
    let parent = updates::find_visible(conn, auth.user, parent).await?.ok_or_else(unknown)?;
    let same = parent.team_id == team.team_id
        && match &wanted {
            Audience::Existing(id) => *id == parent.audience_id,
            Audience::People(people) => {
                let mut theirs =
                    updates::audience_people(conn, parent.audience_id).await?.unwrap_or_default();
                theirs.sort_unstable();
                theirs == *people
            }
        };
    if same {
        Ok(Audience::Existing(parent.audience_id))
    } else {
        Err(ApiError::invalid(
            "reply_to_id",
            "other_audience",
            "An answer needs the same audience as the update it answers.",
        ))
    }
}
