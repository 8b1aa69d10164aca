//! Searching.

use std::collections::{HashMap, HashSet};

use futures::try_join;
use jiff::tz::TimeZone;
use meridian_domain::enums::{CommentKind, UpdateKind};
use meridian_domain::ids::{TeamId, UpdateId, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};

use super::candidates::{Asked, Candidate};
use super::condition::{self, Condition};
use super::correct::{Replaced, correct};
use super::filters::{self, Filters};
use super::pattern::Pattern;
use super::query::Query;
use super::rank::Weights;
use super::results::{Found, HitSource};
use super::{engine, show};
use crate::repo::visibility;
use crate::{Conn, StoreError};

/// Up to so many matching rows are ranked; of a query that matches more, the newest come first.
const RANKED: usize = 500;
/// How many rows one step of a newest-first search reads, and how many steps there are at most.
const STEP: usize = 40;
const STEPS: usize = 120;
/// How many hits an update shows.
const HITS: usize = 10;

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Position {
    /// After this item of a ranked answer.
    Rank {
        /// The item's score.
        score: f64,
        /// The item's update.
        update: UpdateId,
    },
    /// Below this row of a newest-first answer.
    Recent {
        /// The row's number.
        row: i64,
    },
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks.
    pub viewer: UserId,
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// The zone in which `before:` and `after:` name days.
    pub zone: TimeZone,
    /// What was typed.
    pub query: Query,
    /// Only of this team.
    pub team: Option<TeamId>,
    /// Only by this person.
    pub author: Option<UserId>,
    /// Only updates of this kind.
    pub media_kind: Option<UpdateKind>,
    /// Only comments of this kind.
    pub comment_kind: Option<CommentKind>,
    /// Only from this instant on (milliseconds since 1970).
    pub after_ms: Option<i64>,
    /// Only before this instant.
    pub before_ms: Option<i64>,
    /// Only in these texts; empty: in all.
    pub sources: Vec<HitSource>,
    /// How many items.
    pub limit: usize,
    /// Where to go on.
    pub position: Option<Position>,
}

impl Request {
    /// A request with a query alone.
    pub fn new(viewer: UserId, workspace: WorkspaceId, query: Query, limit: usize) -> Self {
        Self {
            viewer,
            workspace,
            zone: TimeZone::UTC,
            query,
            team: None,
            author: None,
            media_kind: None,
            comment_kind: None,
            after_ms: None,
            before_ms: None,
            sources: Vec::new(),
            limit,
            position: None,
        }
    }

    fn asks_nothing(&self) -> bool {
        let filtered = self.team.is_some()
            || self.author.is_some()
            || self.media_kind.is_some()
            || self.comment_kind.is_some()
            || self.after_ms.is_some()
            || self.before_ms.is_some();
        self.query.is_empty() && !filtered
    }
}

/// An update with its candidates.
type Group = (UpdateId, f64, Vec<Candidate>);

/// Finds what the viewer may see and the query asks for.
pub async fn search(conn: &impl Conn, request: &Request) -> Result<Found, StoreError> {
    let (audiences, languages) =
        try_join!(visibility::audiences(conn, request.viewer, request.workspace), filters::languages(conn))?;
    if audiences.is_empty() || request.asks_nothing() {
        return Ok(Found::default());
    }
    let filters = filters::resolve(conn, request, &audiences).await?;
    if filters.all.nothing() {
        return Ok(Found::default());
    }
    let pattern = |atom| Pattern::new(atom, &languages);
    let mut positives: Vec<Pattern> = request.query.positives.iter().filter_map(pattern).collect();
    let negatives: Vec<Pattern> = request.query.negatives.iter().filter_map(pattern).collect();
    let mut condition = condition::condition(&filters.all, &positives, &negatives);
    let recent = matches!(request.position, Some(Position::Recent { .. }));
    let most = if recent { 1 } else { RANKED + 1 };
    let mut rows = engine::matching(conn, &condition, filters.between, i64::MAX, most).await?;
    // Where rows have all of the words, none of them is misspelt.
    let replaced = match rows.as_slice() {
        [] => correct(conn, &filters, &languages, &mut positives).await?,
        _ => Vec::new(),
    };
    if !replaced.is_empty() {
        condition = condition::condition(&filters.all, &positives, &negatives);
        rows = engine::matching(conn, &condition, filters.between, i64::MAX, most).await?;
    }
    let weights = Weights::of(conn, &positives).await?;
    let search = Search {
        condition,
        asked: Asked { positives: &positives, negatives: &negatives, weights: &weights },
        filters: &filters,
        limit: request.limit,
    };
    let (groups, next) = match &request.position {
        Some(Position::Recent { row }) => search.recent(conn, Some(*row)).await?,
        position => match search.ranked(conn, rows, position.as_ref()).await? {
            Some(found) => found,
            None => search.recent(conn, None).await?,
        },
    };
    found(conn, groups, next, replaced).await
}

async fn found(
    conn: &impl Conn,
    groups: Vec<Group>,
    next: Option<Position>,
    replaced: Vec<Replaced>,
) -> Result<Found, StoreError> {
    let items = show::items(conn, groups).await?;
    let corrected = show::corrections(replaced, &items);
    Ok(Found { items, next, corrected })
}

struct Search<'a> {
    condition: Condition,
    asked: Asked<'a>,
    filters: &'a Filters,
    limit: usize,
}

impl Search<'_> {
    /// The best of the newest matching rows first; `None` where too much matches (unless a ranked answer is being
    /// continued).
    async fn ranked(
        &self,
        conn: &impl Conn,
        mut rows: Vec<i64>,
        position: Option<&Position>,
    ) -> Result<Option<(Vec<Group>, Option<Position>)>, StoreError> {
        let browsing = self.asked.positives.is_empty();
        if position.is_none() && (browsing || rows.len() > RANKED) {
            return Ok(None);
        }
        rows.truncate(RANKED);
        let mut groups = grouped(self.asked.judge(conn, &rows).await?);
        groups
            .sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| newest(b).cmp(&newest(a))).then(b.0.cmp(&a.0)));
        if let Some(Position::Rank { score, update }) = position {
            // By place where the item is still there, else by score.
            let after = match groups.iter().position(|group| group.0 == *update) {
                Some(at) => at + 1,
                None => groups.partition_point(|group| group.1 >= *score),
            };
            groups.drain(..after.min(groups.len()));
        }
        let more = groups.len() > self.limit;
        groups.truncate(self.limit);
        let last = groups.last().filter(|_| more);
        let next = last.map(|group| Position::Rank { score: group.1, update: group.0 });
        Ok(Some((groups, next)))
    }

    /// The newest first, reading no more than the page needs.
    async fn recent(
        &self,
        conn: &impl Conn,
        from: Option<i64>,
    ) -> Result<(Vec<Group>, Option<Position>), StoreError> {
        let start = from.unwrap_or(i64::MAX);
        let mut below = start;
        let mut page = Page { limit: self.limit, ..Page::default() };
        for _ in 0..STEPS {
            let rows = engine::matching(conn, &self.condition, self.filters.between, below, STEP).await?;
            let candidates = self.asked.judge(conn, &rows).await?;
            let oldest = candidates.last().map(|candidate| (candidate.row.number, candidate.row.update_id));
            for candidate in candidates {
                let update = candidate.row.update_id;
                if from.is_some() && !page.knows(update) && self.shown_before(conn, update, start).await? {
                    page.skipped.insert(update);
                }
                let row = candidate.row.number;
                if !page.take(candidate) {
                    return Ok((page.groups(), Some(Position::Recent { row: row.saturating_add(1) })));
                }
            }
            below = match rows.last() {
                Some(last) if rows.len() == STEP => *last,
                _ => return Ok((page.groups(), None)),
            };
            // An hour in which a common word is said again and again shows ten of its places: on to the next update.
            if let Some((number, update)) = oldest
                && number == below
                && page.has_enough(update)
            {
                below = super::rows::next_update(conn, update, below).await?;
            }
        }
        Ok((page.groups(), Some(Position::Recent { row: below })))
    }

    /// Whether an earlier page had the update: whether a row at or above where this page begins fits.
    async fn shown_before(&self, conn: &impl Conn, update: UpdateId, start: i64) -> Result<bool, StoreError> {
        let rows = super::rows::numbers(conn, update, start).await?;
        let rows = engine::matching_of(conn, &self.condition, &rows).await?;
        Ok(!self.asked.judge(conn, &rows).await?.is_empty())
    }
}

/// A page of a newest-first answer, while it fills.
#[derive(Default)]
struct Page {
    limit: usize,
    order: Vec<UpdateId>,
    found: HashMap<UpdateId, Vec<Candidate>>,
    skipped: HashSet<UpdateId>,
}

impl Page {
    fn knows(&self, update: UpdateId) -> bool {
        self.skipped.contains(&update) || self.found.contains_key(&update)
    }

    /// Whether more rows of an update would not be shown.
    fn has_enough(&self, update: UpdateId) -> bool {
        self.skipped.contains(&update) || self.found.get(&update).is_some_and(|found| found.len() >= HITS)
    }

    /// `false` when the page is full.
    fn take(&mut self, candidate: Candidate) -> bool {
        let update = candidate.row.update_id;
        if self.skipped.contains(&update) {
            return true;
        }
        if let Some(candidates) = self.found.get_mut(&update) {
            candidates.push(candidate);
            return true;
        }
        if self.order.len() >= self.limit {
            return false;
        }
        self.order.push(update);
        self.found.insert(update, vec![candidate]);
        true
    }

    fn groups(mut self) -> Vec<Group> {
        let order = std::mem::take(&mut self.order);
        order.into_iter().filter_map(|id| self.found.remove(&id).map(|found| group(id, found))).collect()
    }
}

fn newest(group: &Group) -> i64 {
    group.2.iter().map(|candidate| candidate.row.at).max().unwrap_or(0)
}

fn grouped(candidates: Vec<Candidate>) -> Vec<Group> {
    let mut by_update: HashMap<UpdateId, Vec<Candidate>> = HashMap::new();
    for candidate in candidates {
        by_update.entry(candidate.row.update_id).or_default().push(candidate);
    }
    by_update.into_iter().map(|(id, found)| group(id, found)).collect()
}

/// An update's hits, the best first. A segment that needs its neighbour's words gives way to that neighbour when
/// it says more.
fn group(id: UpdateId, mut found: Vec<Candidate>) -> Group {
    found.sort_by_key(|candidate| (candidate.row.source, candidate.row.start_ms, candidate.row.segment_id));
    let outdone = |at: usize| {
        let own = found.get(at);
        let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
        beside.filter_map(|other| found.get(other).map(|found| (other, found))).any(|(other, neighbour)| {
            own.is_some_and(|own| {
                !own.complete
                    && own.row.source == HitSource::Transcript
                    && neighbour.row.source == HitSource::Transcript
                    && own.row.touches(&neighbour.row)
                    && (neighbour.complete
                        || neighbour.own_parts > own.own_parts
                        || (neighbour.own_parts == own.own_parts && other < at))
            })
        })
    };
    let gone: Vec<bool> = (0..found.len()).map(outdone).collect();
    let mut hits: Vec<Candidate> =
        found.into_iter().zip(gone).filter(|(_, gone)| !gone).map(|(candidate, _)| candidate).collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.row.start_ms.cmp(&b.row.start_ms)));
    let weights = [1.0, 0.3, 0.1];
    let score = hits.iter().zip(weights).map(|(hit, weight)| hit.score * weight).sum();
    hits.truncate(HITS);
    (id, score, hits)
}
