//! Everything about a round that one viewer sees, read in one go; the page and the summary are made of it.

use std::collections::HashMap;

use meridian_domain::enums::{AnswerState, CommentKind, Reason, UpdateKind};
use meridian_domain::ids::{UpdateId, UserId};
use meridian_domain::ranges;
use meridian_domain::rounds::playlist::{Answer, Playlist, playlist};
use meridian_domain::rounds::{answer_state, meeting_minutes, minutes, prompts, reading_ms};
use meridian_domain::transcript::Span;
use meridian_store::Conn;
use meridian_store::repo::comments::RowComment;
use meridian_store::repo::rounds::{self, PlanItem, Round, RoundMember};
use meridian_store::repo::transcripts;
use meridian_store::repo::updates::{self, Person, RowUpdate};

use super::view::{ByPrompt, SavedView};
use crate::error::ApiResult;
use crate::markdown;

/// See the module.
pub(super) struct Gathered {
    pub(super) members: Vec<(RoundMember, AnswerState, Vec<UpdateId>)>,
    pub(super) answers: Vec<RowUpdate>,
    pub(super) by_prompt: HashMap<UpdateId, Vec<ByPrompt>>,
    /// What was said in recordings that have no parts.
    pub(super) said: HashMap<UpdateId, String>,
    pub(super) decisions: Vec<RowComment>,
    pub(super) asks: Vec<RowComment>,
    /// Made in this round, or carried over into it.
    pub(super) plans: Vec<PlanItem>,
    pub(super) goals: Vec<PlanItem>,
    pub(super) playlist: Playlist,
    pub(super) saved: Option<SavedView>,
    pub(super) people: HashMap<UserId, Person>,
}

pub(super) async fn gather(conn: &impl Conn, viewer: UserId, round: &Round) -> ApiResult<Gathered> {
    let answers = rounds::answers(conn, viewer, round.id).await?;
    let members = expected(conn, round, &answers).await?;
    let comments = rounds::marks(conn, viewer, round).await?;
    let plans = rounds::plans(conn, round).await?;
    let goals = rounds::goals(round, &plans);
    let spoken = spoken(conn, &answers).await?;
    let (mut by_prompt, mut said) = (HashMap::new(), HashMap::new());
    for answer in &answers {
        let spans = spoken.get(&answer.id).map_or(&[][..], Vec::as_slice);
        let parts = parts(round, answer, spans);
        if parts.is_empty() && answer.kind != UpdateKind::Text {
            said.insert(answer.id, text_of(spans));
        }
        by_prompt.insert(answer.id, parts);
    }
    let here = |comment: &&RowComment| answers.iter().any(|answer| answer.id == comment.update_id);
    let marked: Vec<&RowComment> = comments.iter().filter(here).collect();
    let playlist = playlist(&answers.iter().map(|answer| answer_of(answer, &marked)).collect::<Vec<_>>());
    let decisions = marked.iter().filter(|c| c.kind == CommentKind::Decision).map(|c| (*c).clone()).collect();
    let asks = comments.iter().filter(|c| c.is_ask() && c.resolved_at.is_none()).cloned().collect();
    let saved = saved(conn, round, &members, &answers).await?;
    let mut ids: Vec<UserId> = members.iter().map(|(member, ..)| member.user_id).collect();
    ids.extend(plans.iter().map(|item| item.user_id));
    ids.extend(answers.iter().map(|answer| answer.author_id));
    ids.extend(comments.iter().flat_map(|c| [Some(c.author_id), c.assignee_id]).flatten());
    let people = updates::people(conn, &ids).await?;
    Ok(Gathered { members, answers, by_prompt, said, decisions, asks, plans, goals, playlist, saved, people })
}

async fn expected(
    conn: &impl Conn,
    round: &Round,
    answers: &[RowUpdate],
) -> ApiResult<Vec<(RoundMember, AnswerState, Vec<UpdateId>)>> {
    let members = rounds::members(conn, round.id).await?;
    Ok(members
        .into_iter()
        .map(|member| {
            let mine = || answers.iter().filter(|answer| answer.author_id == member.user_id);
            let first = mine().filter_map(|answer| answer.published_at).min();
            let state = answer_state(first, member.due_at, member.excused_at.is_some(), member.away);
            (member, state, mine().map(|answer| answer.id).collect())
        })
        .collect())
}

/// What was said in recorded answers, as far as a trim shows it.
async fn spoken(conn: &impl Conn, answers: &[RowUpdate]) -> ApiResult<HashMap<UpdateId, Vec<Span>>> {
    let recorded = answers.iter().filter(|answer| answer.kind != UpdateKind::Text);
    Ok(transcripts::said_in(conn, &recorded.collect::<Vec<_>>()).await?)
}

fn text_of(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// An answer's parts by prompt, with their text.
fn parts(round: &Round, answer: &RowUpdate, spans: &[Span]) -> Vec<ByPrompt> {
    if answer.kind == UpdateKind::Text {
        let sections = prompts::sections(&answer.body, &round.prompts);
        let part = |(prompt_id, text): (String, String)| {
            let html = Some(markdown::kept_html(&text));
            ByPrompt { prompt_id, start_ms: 0, end_ms: 0, text, html }
        };
        return sections.into_iter().map(part).collect();
    }
    let Some(span) = answer.visible_span() else { return Vec::new() };
    let known = |id: &&str| round.prompts.iter().any(|prompt| prompt.id == **id);
    let chapters: Vec<(i64, Option<&str>)> =
        answer.chapters.iter().map(|c| (c.at_ms, c.prompt_id.as_deref().filter(known))).collect();
    let slices = prompts::slices(&chapters, span);
    let part = |slice: prompts::Slice| {
        // A segment belongs to the prompt in which its middle lies.
        let inside = spans.iter().filter(|span| {
            let middle = i64::midpoint(span.start_ms, span.end_ms);
            slice.start_ms <= middle && middle < slice.end_ms
        });
        let text = inside.map(|span| span.text.as_str()).collect::<Vec<_>>().join(" ");
        let prompts::Slice { prompt_id, start_ms, end_ms } = slice;
        ByPrompt { prompt_id, start_ms, end_ms, text, html: None }
    };
    slices.into_iter().map(part).collect()
}

fn answer_of(update: &RowUpdate, comments: &[&RowComment]) -> Answer {
    let reason = |comment: &RowComment| match comment.kind {
        CommentKind::Blocker if comment.resolved_at.is_none() => Some(Reason::Blocker),
        CommentKind::Question | CommentKind::Action if comment.resolved_at.is_none() => {
            comment.assignee_id.map(|_| Reason::Ask)
        }
        CommentKind::Decision => Some(Reason::Decision),
        _ => None,
    };
    Answer {
        update_id: update.id,
        answered_at: update.published_at.unwrap_or(update.created_at),
        span: if update.kind == UpdateKind::Text { None } else { update.visible_span() },
        silence: ranges::unite(update.silence_map.clone()),
        cuts: update.chapters.iter().filter(|c| c.prompt_id.is_some()).map(|c| c.at_ms).collect(),
        marks: comments
            .iter()
            .filter(|comment| comment.update_id == update.id)
            .filter_map(|comment| Some((comment.at_ms, reason(comment)?)))
            .collect(),
    }
}

async fn saved(
    conn: &impl Conn,
    round: &Round,
    members: &[(RoundMember, AnswerState, Vec<UpdateId>)],
    answers: &[RowUpdate],
) -> ApiResult<Option<SavedView>> {
    let Some(replaced_minutes) = round.replaces_meeting_minutes else { return Ok(None) };
    let out = |state: AnswerState| matches!(state, AnswerState::Excused | AnswerState::Away);
    let people = members.iter().filter(|(_, state, _)| !out(*state)).count();
    let time = rounds::watched(conn, answers).await?;
    Ok(Some(SavedView {
        meeting_minutes: meeting_minutes(replaced_minutes, people),
        watch_minutes: minutes(time.media_ms.saturating_add(reading_ms(time.words))),
        replaced_minutes,
        people,
    }))
}
