//! No query of the pages that people open most grows with the updates that are not on them: a team's feed, a round's
//! page, catch-up, a digest. What each page's statements cost is counted with few updates around it and with ten times
//! as many: on SQLite the steps of its virtual machine, on PostgreSQL the rows that EXPLAIN ANALYZE tells of.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use meridian_domain::clock::Clock;
use meridian_domain::enums::{TeamRole, TeamVisibility, WorkspaceRole};
use meridian_domain::ids::{RoundId, TeamId, UserId, WorkspaceId};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use uuid::Uuid;

use super::updates::{self, Drafts, FeedFilter, FeedKey, RowUpdate};
use super::{catch_up, digests, media, rounds, teams, transcripts, users, visibility, workspaces};
use crate::conn::Wire;
use crate::{Conn, Dialect, Store, StoreOptions};

/// The newest update's instant, in milliseconds since 1970; each is a minute older than the one before.
const NEWEST: i64 = 1_790_000_000_000;
const MINUTE: i64 = 60_000;
/// Updates are spread over so many teams.
const TEAMS: usize = 20;
const FEW: i64 = 1_000;
const MANY: i64 = 10_000;
/// A page of a feed, and what tells that there is more.
const PAGE: u64 = 26;
/// How many rounds stand behind the one that is looked at, with few updates; ten times as many with many.
const ROUNDS: i64 = 20;

/// A connection that notes what is said through it.
struct Told {
    wire: Wire<DatabaseConnection>,
    said: Mutex<Vec<Statement>>,
}

impl Told {
    fn note(&self, statement: &Statement) {
        self.said.lock().unwrap().push(statement.clone());
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Told {
    fn get_database_backend(&self) -> DbBackend {
        self.wire.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.wire.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.wire.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.note(&statement);
        self.wire.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.note(&statement);
        self.wire.query_all_raw(statement).await
    }
}

impl Conn for Told {
    type Raw = Self;

    fn raw(&self) -> &Self {
        self
    }

    fn dialect(&self) -> Dialect {
        self.wire.dialect
    }
}

/// A workspace with private teams, of which the viewer is in the first; one check-in there.
struct World {
    _folder: tempfile::TempDir,
    store: Store,
    told: Told,
    /// Steps of SQLite's virtual machine so far.
    steps: Arc<AtomicU64>,
    workspace: WorkspaceId,
    owner: UserId,
    viewer: UserId,
    team: TeamId,
    check_in: Uuid,
    round: RoundId,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = meridian_testbed::database(folder.path());
        let store = Store::open(&StoreOptions { url, max_readers: 1 }, Clock::system()).await.unwrap();
        store.migrate().await.unwrap();
        let tx = store.write().await.unwrap();
        let mut people = Vec::new();
        for name in ["Olga", "Vera"] {
            let (email, display_name) = (format!("{name}@example.org"), name.to_owned());
            let new =
                users::NewUser { email, display_name, password_hash: None, time_zone: "UTC".to_owned() };
            people.push(users::create(&tx, new).await.unwrap().id);
        }
        let (owner, viewer) = (people[0], people[1]);
        let workspace = workspaces::create(&tx, "Works", owner).await.unwrap().id;
        workspaces::add_member(&tx, workspace, viewer, WorkspaceRole::Member).await.unwrap();
        let mut made = Vec::new();
        for number in 0..TEAMS {
            let name = format!("Team {number}");
            let team = teams::create(&tx, workspace, &name, TeamVisibility::Private, owner).await.unwrap();
            made.push(team.id);
        }
        // Teams are taken in the order of their ids below; the clock may have made several in a millisecond.
        let team = made.iter().copied().min().unwrap();
        teams::put_member(&tx, team, viewer, Some(TeamRole::Member)).await.unwrap();
        tx.commit().await.unwrap();
        let told = Told { wire: store.pages().raw().clone(), said: Mutex::new(Vec::new()) };
        let steps = Arc::new(AtomicU64::new(0));
        if told.wire.dialect == Dialect::Sqlite {
            let mut connection = told.wire.inner.get_sqlite_connection_pool().acquire().await.unwrap();
            let steps = Arc::clone(&steps);
            let mut handle = connection.lock_handle().await.unwrap();
            handle.set_progress_handler(1, move || {
                steps.fetch_add(1, Ordering::Relaxed);
                true
            });
        }
        let (check_in, round) = (Uuid::new_v4(), RoundId(Uuid::new_v4()));
        let world =
            Self { _folder: folder, store, told, steps, workspace, owner, viewer, team, check_in, round };
        world.begin().await;
        world
    }

    fn id(&self, id: Uuid) -> String {
        match self.told.wire.dialect {
            Dialect::Sqlite => format!("X'{}'", id.simple()),
            Dialect::Postgres => format!("'{id}'::uuid"),
        }
    }

    fn new_id(&self) -> &'static str {
        match self.told.wire.dialect {
            Dialect::Sqlite => "randomblob(16)",
            Dialect::Postgres => "gen_random_uuid()",
        }
    }

    async fn run(&self, sql: &str) {
        let tx = self.store.write().await.unwrap();
        tx.raw().execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
        tx.commit().await.unwrap();
    }

    /// The check-in, its newest round, and two drafts of the viewer's.
    async fn begin(&self) {
        let (check_in, round, owner) = (self.id(self.check_in), self.id(self.round.0), self.id(self.owner.0));
        let (workspace, team) = (self.id(self.workspace.0), self.id(self.team.0));
        let audience = format!("(SELECT audience_id FROM teams WHERE id = {team})");
        self.run(&format!(
            "INSERT INTO check_ins (id, workspace_id, team_id, audience_id, name, prompts, schedule, made_on, \
             open_for_minutes, remind_before, created_by, created_at, version, floor_at, checked_at, next_at) \
             VALUES ({check_in}, {workspace}, {team}, {audience}, 'Daily', '[]', '{{}}', '2026-01-01', 60, '[]', \
             {owner}, 0, 1, 0, 0, 0)"
        ))
        .await;
        self.run(&format!(
            "INSERT INTO rounds (id, check_in_id, workspace_id, team_id, audience_id, held_on, state, name, prompts, \
             opened_at, closes_at) VALUES ({round}, {check_in}, {workspace}, {team}, {audience}, '2026-09-21', 'open', \
             'Daily', '[]', {NEWEST}, {NEWEST})"
        ))
        .await;
        self.run(&format!(
            "INSERT INTO round_members (round_id, user_id, opens_at, due_at, away) \
             SELECT {round}, u.id, {NEWEST}, {NEWEST}, false FROM users u"
        ))
        .await;
        self.updates(-5, 0, "2026-09-21").await;
        self.drafts().await;
    }

    async fn drafts(&self) {
        let (id, viewer, team) = (self.new_id(), self.id(self.viewer.0), self.id(self.team.0));
        for minute in 0..2 {
            let at = NEWEST + minute;
            self.run(&format!(
                "INSERT INTO updates (id, workspace_id, team_id, audience_id, author_id, title, kind, body, links, status, \
                 live, publish_state, priority, phase, percent, warnings, chapters, silence_map, transcript_status, \
                 word_count, comment_count, created_at, changed_at, version) SELECT {id}, t.workspace_id, t.id, \
                 t.audience_id, {viewer}, 'Draft', 'text', '', '[]', 'ready', false, 'draft', 'normal', '', 0, '[]', '[]', \
                 '[]', 'pending', 0, 0, {at}, {at}, 1 FROM teams t WHERE t.id = {team}"
            ))
            .await;
        }
    }

    /// Published updates with these numbers, older and older, spread over the teams; of ten one is for named people, of
    /// two one is the viewer's own. Those below 0 answer the round of `date`. Each has a resolved and an open question,
    /// has been watched by the owner, and a settled plan.
    async fn updates(&self, from: i64, to: i64, date: &str) {
        let (id, owner, viewer) = (self.new_id(), self.id(self.owner.0), self.id(self.viewer.0));
        let round = self.id(self.round.0);
        let title = format!("{from} {date}");
        self.run(&format!(
            "INSERT INTO updates (id, workspace_id, team_id, audience_id, author_id, title, kind, body, links, status, live, \
             publish_state, published_at, priority, round_id, phase, percent, warnings, chapters, silence_map, \
             transcript_status, word_count, comment_count, created_at, changed_at, version) \
             WITH RECURSIVE n (i) AS (SELECT CAST({from} AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {to}) \
             SELECT {id}, t.workspace_id, t.id, t.audience_id, CASE WHEN n.i % 2 = 0 THEN {viewer} ELSE {owner} END, \
             '{title}', 'text', 'What was done', '[]', 'ready', false, 'published', {NEWEST} - n.i * {MINUTE}, 'normal', \
             CASE WHEN n.i < 0 THEN {round} END, '', 0, '[]', '[]', '[]', 'pending', 0, 2, {NEWEST} - n.i * {MINUTE}, \
             {NEWEST} - n.i * {MINUTE}, 1 FROM n JOIN (SELECT t.*, ROW_NUMBER() OVER (ORDER BY t.id) - 1 AS place FROM teams t) t \
             ON t.place = CASE WHEN n.i < 0 THEN 0 ELSE (n.i / 3) % {TEAMS} END"
        ))
        .await;
        self.named_people(&title).await;
        let asks = [("NULL", "NULL"), (owner.as_str(), "1")];
        for (assignee, resolved_at) in asks {
            self.run(&format!(
                "INSERT INTO comments (id, update_id, workspace_id, audience_id, author_id, body, body_html, kind, assignee_id, \
                 mentions, priority, resolved_at, created_at, version) SELECT {id}, u.id, u.workspace_id, u.audience_id, \
                 {owner}, 'Why?', '<p>Why?</p>', 'question', {assignee}, '[]', 'normal', {resolved_at}, u.created_at, 1 \
                 FROM updates u WHERE u.title = '{title}'"
            ))
            .await;
        }
        self.run(&format!(
            "INSERT INTO watches (update_id, user_id, position_ms, seen_ranges, seen_ratio, seen, by_means, last_at) \
             SELECT u.id, {owner}, 0, '[]', 1, true, 'reading', 0 FROM updates u WHERE u.title = '{title}'"
        ))
        .await;
    }

    /// Every tenth update of a title gets an audience of its own, which has the update's id.
    async fn named_people(&self, title: &str) {
        let owner = self.id(self.owner.0);
        let which =
            format!("u.title = '{title}' AND u.round_id IS NULL AND (u.created_at / {MINUTE}) % 10 = 3");
        self.run(&format!(
            "INSERT INTO audiences (id, workspace_id, kind) SELECT u.id, u.workspace_id, 'people' FROM updates u WHERE {which}"
        ))
        .await;
        self.run(&format!(
            "INSERT INTO audience_members (audience_id, user_id) SELECT u.id, {owner} FROM updates u WHERE {which}"
        ))
        .await;
        self.run(&format!("UPDATE updates AS u SET audience_id = id WHERE {which}")).await;
    }

    /// Earlier rounds with these numbers: each has three of the team's updates as answers, and their plans.
    async fn rounds(&self, from: i64, to: i64) {
        let (id, check_in, team) = (self.new_id(), self.id(self.check_in), self.id(self.team.0));
        let mut rows = String::new();
        let newest: jiff::civil::Date = "2026-09-20".parse().unwrap();
        for number in from..to {
            let date = newest.checked_sub(jiff::Span::new().days(number)).unwrap();
            let opened = NEWEST - (number + 1) * 60 * MINUTE;
            let comma = if rows.is_empty() { "" } else { ", " };
            write!(rows, "{comma}('{date}', {opened})").unwrap();
        }
        self.run(&format!(
            "INSERT INTO rounds (id, check_in_id, workspace_id, team_id, audience_id, held_on, state, name, prompts, \
             opened_at, closes_at, closed_at) SELECT {id}, {check_in}, t.workspace_id, t.id, t.audience_id, v.column1, \
             'closed', 'Daily', '[]', v.column2, v.column2, v.column2 FROM (VALUES {rows}) v JOIN teams t ON t.id = {team}"
        ))
        .await;
        self.run(&format!(
            "UPDATE updates AS u SET round_id = (SELECT r.id FROM rounds r WHERE r.check_in_id = {check_in} \
             AND r.opened_at = {NEWEST} - (({NEWEST} - u.published_at) / (60 * {MINUTE}) + 1) * 60 * {MINUTE}) \
             WHERE u.team_id = {team} AND u.round_id IS NULL AND u.publish_state = 'published' \
             AND u.audience_id = (SELECT audience_id FROM teams WHERE id = {team})"
        ))
        .await;
        self.run(&format!(
            "INSERT INTO plan_items (id, check_in_id, from_round_id, user_id, update_id, text, state, settled_at, created_at) \
             SELECT {id}, {check_in}, u.round_id, u.author_id, u.id, 'Plan', 'done', u.published_at + 1, u.published_at \
             FROM updates u WHERE u.team_id = {team} AND u.round_id IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM plan_items p WHERE p.update_id = u.id)"
        ))
        .await;
    }

    /// Fills up to so many updates and rounds.
    async fn fill(&self, updates: (i64, i64), rounds: (i64, i64)) {
        self.updates(updates.0, updates.1, "old").await;
        self.rounds(rounds.0, rounds.1).await;
        if self.told.wire.dialect == Dialect::Postgres {
            self.told.wire.execute_unprepared("VACUUM ANALYZE").await.unwrap();
        }
    }

    async fn feed(&self, drafts: Drafts, after: Option<FeedKey>) -> Vec<RowUpdate> {
        let filter = FeedFilter { drafts, ..FeedFilter::default() };
        let rows =
            updates::team_feed(&self.told, self.viewer, self.team, &filter, after, PAGE).await.unwrap();
        self.shown(&rows).await;
        rows
    }

    /// What a list of updates reads beside its rows.
    async fn shown(&self, rows: &[RowUpdate]) {
        let authors: Vec<UserId> = rows.iter().map(|row| row.author_id).collect();
        updates::people(&self.told, &authors).await.unwrap();
        updates::summaries(&self.told, self.viewer, rows).await.unwrap();
        updates::managed_teams(&self.told, self.viewer, rows).await.unwrap();
        let generations: Vec<_> = rows.iter().filter_map(|row| row.generation_id).collect();
        media::contents(&self.told, &generations).await.unwrap();
    }

    /// What a round's page reads; its answers.
    async fn round_page(&self) -> usize {
        let told = &self.told;
        let round = rounds::find(told, self.viewer, self.round).await.unwrap().unwrap();
        let answers = rounds::answers(told, self.viewer, round.id).await.unwrap();
        rounds::members(told, round.id).await.unwrap();
        assert_eq!(rounds::marks(told, self.viewer, &round).await.unwrap().len(), 2 * answers.len());
        rounds::plans(told, &round).await.unwrap();
        transcripts::said_in(told, &answers.iter().collect::<Vec<_>>()).await.unwrap();
        rounds::watched(told, &answers).await.unwrap();
        rounds::reminded(told, round.id).await.unwrap();
        let (before, after) = rounds::neighbours(told, self.viewer, &round).await.unwrap();
        assert!(before.is_some() && after.is_none());
        updates::team_access(told, self.viewer, round.team_id).await.unwrap();
        updates::audience_people(told, round.audience_id).await.unwrap();
        self.shown(&answers).await;
        answers.len()
    }

    /// What the statements since the last time cost.
    async fn cost(&self) -> u64 {
        let said = std::mem::take(&mut *self.told.said.lock().unwrap());
        assert!(!said.is_empty());
        let steps = self.steps.swap(0, Ordering::Relaxed);
        let mut rows = 0;
        for statement in said {
            let plan = self.plan(statement.clone()).await;
            if self.told.wire.dialect == Dialect::Postgres {
                rows += touched(&plan);
                continue;
            }
            // Nothing but what stands in the statement itself, or was found by an index, is gone through.
            for step in plan.iter().filter(|step| step.starts_with("SCAN ")) {
                let small = ["SCAN CONSTANT ROW", "SCAN 2 CONSTANT ROWS"].contains(&step.as_str());
                assert!(small, "{step}: {}", statement.sql);
            }
        }
        // Without those of the plans themselves.
        self.steps.store(0, Ordering::Relaxed);
        assert!(steps + rows > 0);
        steps + rows
    }

    /// What EXPLAIN says of a statement, a step a line.
    async fn plan(&self, statement: Statement) -> Vec<String> {
        let (explain, column) = match self.told.wire.dialect {
            Dialect::Sqlite => ("EXPLAIN QUERY PLAN", 3),
            Dialect::Postgres => ("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)", 0),
        };
        let sql = format!("{explain} {}", statement.sql);
        let rows = self.told.wire.query_all_raw(Statement { sql, ..statement }).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(column).unwrap()).collect()
    }

    /// The cost of each page, by its name.
    async fn costs(&self) -> Vec<(&'static str, u64)> {
        let mut costs = Vec::new();
        self.steps.store(0, Ordering::Relaxed);
        assert_eq!(self.feed(Drafts::None, None).await.len(), 26);
        costs.push(("a team's feed", self.cost().await));
        let oldest = self.oldest().await;
        assert_eq!(self.feed(Drafts::None, Some(oldest)).await.len(), 10);
        costs.push(("its last page", self.cost().await));
        assert_eq!(self.feed(Drafts::Only, None).await.len(), 2);
        costs.push(("my drafts", self.cost().await));
        let unseen = catch_up::unseen(&self.told, self.viewer, NEWEST - 400 * MINUTE).await.unwrap();
        assert!((10..40).contains(&unseen.len()), "{}", unseen.len());
        let rows: Vec<RowUpdate> = unseen.into_iter().map(|one| one.update).collect();
        self.shown(&rows).await;
        costs.push(("catch-up", self.cost().await));
        let told = digests::unseen(&self.told, self.viewer, NEWEST - 400 * MINUTE, NEWEST).await.unwrap();
        assert!(!told.is_empty());
        costs.push(("a digest", self.cost().await));
        assert_eq!(self.round_page().await, 5);
        costs.push(("a round's page", self.cost().await));
        let audiences = visibility::audiences(&self.told, self.viewer, self.workspace).await.unwrap();
        assert_eq!(audiences.len(), 1);
        // PostgreSQL reads a table of this size as a whole.
        if self.told.wire.dialect == Dialect::Sqlite {
            costs.push(("where one may search", self.cost().await));
        }
        costs
    }

    /// The position before the ten oldest of the team's updates; what it took is not counted.
    async fn oldest(&self) -> FeedKey {
        let all = updates::team_feed(
            self.store.reader(),
            self.viewer,
            self.team,
            &FeedFilter::default(),
            None,
            1_000_000,
        )
        .await
        .unwrap();
        self.steps.store(0, Ordering::Relaxed);
        FeedKey::of(&all[all.len() - 11])
    }
}

/// Rows that came up in a plan of PostgreSQL, kept or not.
fn touched(plan: &[String]) -> u64 {
    let number = |text: &str| -> u64 {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    };
    let (mut sum, mut loops) = (0, 1);
    for line in plan {
        if let Some((_, actual)) = line.split_once("(actual rows=") {
            loops = number(actual.split_once("loops=").unwrap().1);
            sum += number(actual) * loops;
        } else if let Some((_, removed)) = line.split_once("Rows Removed by ") {
            sum += number(removed.split_once(": ").unwrap().1) * loops;
        }
    }
    assert!(plan.iter().any(|line| line.contains("(actual rows=")), "{plan:?}");
    sum
}

#[tokio::test]
async fn no_page_costs_more_when_there_are_more_updates_beside_it() {
    let world = World::new().await;
    world.fill((0, FEW), (0, ROUNDS)).await;
    let few = world.costs().await;
    world.fill((FEW, MANY), (ROUNDS, 10 * ROUNDS)).await;
    let many = world.costs().await;
    for ((page, before), (_, after)) in few.into_iter().zip(many) {
        // Trees are a level deeper; and PostgreSQL may read a table as a whole while that costs it least.
        let most = match world.told.wire.dialect {
            Dialect::Sqlite => before + before / 4 + 50,
            Dialect::Postgres => 2 * before + 100,
        };
        assert!(after <= most, "{page}: {before}, and {after} with ten times as many updates");
    }
}
