//! Permissions, the query language, typos, order, pages, and an index that follows every change.

use meridian_domain::enums::{CommentKind, TeamRole, TeamVisibility, WorkspaceRole};
use meridian_domain::ids::UpdateId;
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;

use super::{World, search};
use crate::entity::comments;
use crate::repo::{search as index, teams, transcripts, updates};
use crate::search::{HitSource, sql};
use crate::{Conn, Dialect, Store};

/// How many rows and words the index has.
async fn sizes(store: &Store) -> (i64, i64, i64, i64) {
    let count = async |table: &str| {
        let rows = sql::all(store.reader(), &format!("SELECT COUNT(*) FROM {table}"), []).await.unwrap();
        rows[0].try_get_by_index::<i64>(0).unwrap()
    };
    (
        count("search_rows").await,
        count(match store.reader().dialect() {
            Dialect::Sqlite => {
                "search_fts WHERE search_fts MATCH '{audience} : s_title OR s_body OR s_transcript OR s_comment'"
            }
            Dialect::Postgres => {
                "search_terms WHERE terms @@ 's_title | s_body | s_transcript | s_comment'::tsquery"
            }
        })
        .await,
        count("vocabulary").await,
        count("vocabulary_trigrams").await,
    )
}

#[tokio::test]
async fn a_viewer_finds_only_what_the_viewer_may_see() {
    let world = World::new().await;
    let inside = world.member("Ina Inside", WorkspaceRole::Member).await;
    let outside = world.member("Otto Outside", WorkspaceRole::Member).await;
    let guest = world.member("Gus Guest", WorkspaceRole::Guest).await;
    let private = world.team("Secrets", TeamVisibility::Private, inside).await;
    let open = world.update("kumquat open", "").await;
    let secret = world.update_in(private, inside, "kumquat secret", "", None).await;
    let direct =
        world.update_in(world.team, world.owner, "kumquat direct", "", Some(vec![world.owner, inside])).await;
    let ids = async |user| {
        let mut ids: Vec<UpdateId> =
            world.find(user, "kumquat").await.items.into_iter().map(|item| item.update_id).collect();
        ids.sort_unstable();
        ids
    };
    let sorted = |mut ids: Vec<UpdateId>| {
        ids.sort_unstable();
        ids
    };
    assert_eq!(ids(world.owner).await, sorted(vec![open, direct]));
    assert_eq!(ids(inside).await, sorted(vec![open, secret, direct]));
    assert_eq!(ids(outside).await, [open]);
    assert_eq!(ids(guest).await, []);
    // Membership counts at the time of the request.
    let tx = world.store.write().await.unwrap();
    teams::put_member(&tx, private, guest, Some(TeamRole::Member)).await.unwrap();
    teams::remove_member(&tx, private, inside).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ids(guest).await, [secret]);
    assert_eq!(ids(inside).await, sorted(vec![open, direct]));
}

#[tokio::test]
async fn facets_cannot_be_typed() {
    let world = World::new().await;
    let other = world.member("Ina Inside", WorkspaceRole::Member).await;
    let private = world.team("Secrets", TeamVisibility::Private, other).await;
    world.update_in(private, other, "kumquat", "", None).await;
    world.update(&format!("u_{}", world.owner.0.simple()), "a_ s_title k_video").await;
    for q in [
        "s_title",
        "\"s_title\"",
        "k_video*",
        "audience:kumquat",
        "kumquat OR s_title",
        "{audience} : s_title",
    ] {
        let found = world.find(world.owner, q).await;
        assert!(found.items.iter().all(|item| item.hits.iter().all(|hit| hit.text != "kumquat")), "{q}");
    }
    assert_eq!(world.ids("s_title").await.len(), 1, "as words of a text they are found");
}

#[tokio::test]
async fn words_meet_in_neighbouring_segments_and_phrases_cross_their_border() {
    let world = World::new().await;
    let id = world
        .spoken(
            "en",
            &["The budget is fine", "and we hire on", "Friday next week", "unrelated talk", "closing words"],
        )
        .await;
    assert_eq!(world.ids("budget Friday").await, [], "two segments apart");
    assert_eq!(world.ids("budget hire").await, [id]);
    assert_eq!(world.ids("\"hire on Friday\"").await, [id]);
    assert_eq!(world.ids("\"on Friday next\"").await, [id]);
    assert_eq!(world.ids("\"Friday on\"").await, []);
    let found = world.find(world.owner, "\"hire on Friday\"").await;
    let hits = &found.items[0].hits;
    assert_eq!(hits.len(), 1, "{hits:?}");
    assert_eq!((hits[0].text.as_str(), hits[0].highlights.as_slice()), ("and we hire on", &[(7, 14)][..]));
    // A hit opens at the word, not at its segment.
    let found = world.find(world.owner, "week").await;
    let start = found.items[0].hits[0].start_ms.unwrap();
    assert!((26_000..29_000).contains(&start), "{start}");
    assert_eq!(world.ids("budget -hire").await, [], "the neighbour has it");
    assert_eq!(world.ids("budget -Friday").await, [id]);
    assert_eq!(world.ids("words -\"unrelated talk\"").await, []);
    assert_eq!(world.ids("words -\"unrelated words\"").await, [id]);
}

#[tokio::test]
async fn prefixes_quotes_and_operators() {
    let world = World::new().await;
    let ina = world.member("Ína Möller", WorkspaceRole::Member).await;
    let team = world.team("Design Guild", TeamVisibility::Open, ina).await;
    let first = world.update("Relational databases", "are happy places").await;
    let second = world.update_in(team, ina, "Relative time", "", None).await;
    world.comment(first, ina, CommentKind::Question, "Which relation is meant?").await;
    assert_eq!(world.ids("relati*").await.len(), 2);
    assert_eq!(world.ids("happ*").await, [first]);
    assert_eq!(world.ids("happy*").await, [first], "the word, not only its stem");
    for q in [
        "relati* from:ina",
        "relative from:\"ína möl\"",
        "relative from:mol",
        "relative from:ÍNA.MÖLLER@example.org",
        "relative team:design",
        "relative team:\"Design G\"",
        "relative kind:video",
    ] {
        assert!(world.ids(q).await.contains(&second), "{q}");
    }
    assert_eq!(world.ids("time team:core").await, []);
    assert_eq!(world.ids("time from:nobody").await, []);
    assert_eq!(world.ids("time from:me").await, []);
    assert_eq!(world.ids("kind:question").await, [first]);
    assert_eq!(world.ids("relation kind:question from:ina").await, [first]);
    assert_eq!(world.ids("kind:decision").await, []);
    assert_eq!(world.ids("time after:2026-03-02 before:2026-03-03").await, [second]);
    assert_eq!(world.ids("time before:2026-03-02").await, []);
    assert_eq!(world.ids("time after:2026-03-02T10:00:00.001Z").await, []);
    assert_eq!(world.ids("from:ina").await, [second], "filters alone list updates");
    assert_eq!(world.ids("-relative").await, []);
    assert_eq!(world.ids("").await, []);
    let mut request = world.request(world.owner, "relation");
    request.sources = vec![HitSource::Comment];
    let found = search(world.store.reader(), &request).await.unwrap();
    assert_eq!(found.items[0].hits.len(), 1);
    assert_eq!(
        (found.items[0].hits[0].source, found.items[0].hits[0].start_ms),
        (HitSource::Comment, Some(4_000))
    );
}

#[tokio::test]
async fn a_misspelt_word_falls_back_to_near_ones_that_the_viewer_may_see() {
    let world = World::new().await;
    let inside = world.member("Ina Inside", WorkspaceRole::Member).await;
    let private = world.team("Secrets", TeamVisibility::Private, inside).await;
    let id = world.spoken("en", &["The Kubernetes migration is done", "next"]).await;
    world.update_in(private, inside, "Project Zanzibar", "", None).await;
    for (q, word) in
        [("kuberentes", "kubernetes"), ("migratoin", "migration"), ("Kubernotes migration", "kubernetes")]
    {
        let found = world.find(world.owner, q).await;
        assert_eq!(found.items.iter().map(|item| item.update_id).collect::<Vec<_>>(), [id], "{q}");
        assert_eq!(found.corrected[0].instead, [word], "{q}");
    }
    let hidden = world.find(world.owner, "zanzibra").await;
    assert!(hidden.items.is_empty() && hidden.corrected.is_empty(), "{hidden:?}");
    let seen = world.find(inside, "zanzibra").await;
    assert_eq!((seen.items.len(), seen.corrected[0].instead[0].as_str()), (1, "zanzibar"));
    assert!(world.find(world.owner, "migration").await.corrected.is_empty());
    assert!(world.find(world.owner, "\"kuberentes\"").await.items.is_empty(), "quoted words are meant");
}

#[tokio::test]
async fn the_index_follows_edits_comments_trims_and_deletions() {
    let world = World::new().await;
    let empty = sizes(&world.store).await;
    assert_eq!(empty, (0, 0, 0, 0));
    let id = world.update("Quarterly plan", "Markdown body").await;
    world.says(id, "en", &["alpha beta", "gamma delta", "epsilon"]).await;
    let before = sizes(&world.store).await;
    let hit = world.find(world.owner, "gamma").await.items.remove(0).hits.remove(0);
    let tx = world.store.write().await.unwrap();
    transcripts::edit_segment(&tx, hit.segment_id.unwrap(), "lambda delta", None).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert_eq!(sizes(&world.store).await.0, before.0);
    assert_eq!(world.ids("gamma").await, []);
    assert_eq!(world.ids("beta lambda").await, [id], "the neighbours learn it too");
    let comment = world.comment(id, world.owner, CommentKind::Comment, "marzipan").await;
    assert_eq!(world.ids("marzipan").await, [id]);
    let tx = world.store.write().await.unwrap();
    let gone = comments::ActiveModel { id: Set(comment.0), deleted_at: Set(Some(1)), ..Default::default() };
    comments::Entity::update(gone).exec(tx.raw()).await.unwrap();
    index::index_comment(&tx, comment).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.ids("marzipan").await, []);
    let tx = world.store.write().await.unwrap();
    sql::execute(&tx, "UPDATE updates SET trim_start_ms = 10000, trim_end_ms = 25000", []).await.unwrap();
    index::index_update(&tx, id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.ids("alpha").await, [], "trimmed away");
    assert_eq!(world.ids("delta").await, [id]);
    let tx = world.store.write().await.unwrap();
    let row = updates::find_any(&tx, id).await.unwrap().unwrap();
    updates::delete(&tx, &row, 5).await.unwrap();
    index::remove_update(&tx, id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(sizes(&world.store).await, empty, "nothing of it is left");
}

#[tokio::test]
async fn what_is_rolled_back_was_never_indexed() {
    let world = World::new().await;
    let id = world.update("Plan", "").await;
    let before = sizes(&world.store).await;
    let tx = world.store.write().await.unwrap();
    sql::execute(&tx, "UPDATE updates SET title = 'tangerine'", []).await.unwrap();
    index::index_update(&tx, id).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(sizes(&world.store).await, before);
    assert_eq!((world.ids("tangerine").await, world.ids("plan").await), (vec![], vec![id]));
}

#[tokio::test]
async fn indexing_again_changes_nothing_and_row_numbers_stay() {
    let world = World::new().await;
    let id = world.spoken("en", &["one two three", "four five"]).await;
    world.update("later", "").await;
    let dump = async || {
        let rows =
            sql::all(world.store.reader(), "SELECT row_id, text FROM search_rows ORDER BY row_id", []).await;
        let read =
            |row: &sea_orm::QueryResult| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        rows.unwrap().iter().map(read).collect::<Vec<(i64, String)>>()
    };
    let before = (dump().await, sizes(&world.store).await);
    let tx = world.store.write().await.unwrap();
    index::index_update(&tx, id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((dump().await, sizes(&world.store).await), before);
    // A new transcript takes the numbers of the old one's rows.
    world.says(id, "en", &["six seven", "eight"]).await;
    let numbers: Vec<i64> = dump().await.into_iter().map(|row| row.0).collect();
    assert_eq!(numbers, before.0.iter().map(|row| row.0).collect::<Vec<_>>());
    assert_eq!(world.ids("seven eight").await, [id]);
    assert_eq!(world.ids("one").await, []);
}

#[tokio::test]
async fn titles_go_first_and_long_texts_are_cut_around_the_match() {
    let world = World::new().await;
    let long = format!("{} Needle in ünïcode {}", "häy ".repeat(300), "straw ".repeat(300));
    let body = world.update("Other", &long).await;
    let title = world.update("Needle", "").await;
    assert_eq!(world.ids("needle").await, [title, body]);
    let found = world.find(world.owner, "needle ünïcode").await;
    let hit = &found.items[0].hits[0];
    assert!(hit.text.chars().count() <= 320);
    assert_eq!(world.marked("needle ünïcode").await, ["Needle", "ünïcode"]);
}

#[tokio::test]
async fn pages_join_to_the_whole_in_both_orders() {
    let world = World::new().await;
    let mut all = Vec::new();
    for i in 0..30 {
        all.push(
            world.spoken("en", &[&format!("common word number{i} common"), "and common again", "x"]).await,
        );
    }
    for filter in ["common", "from:me", "common word", "team:core common"] {
        let mut request = world.request(world.owner, filter);
        request.limit = 7;
        let mut seen = Vec::new();
        loop {
            let found = search(world.store.reader(), &request).await.unwrap();
            assert!(found.items.len() <= 7);
            seen.extend(found.items.into_iter().map(|item| item.update_id));
            match found.next {
                Some(next) => request.position = Some(next),
                None => break,
            }
        }
        let mut sorted = seen.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!((sorted.len(), seen.len()), (30, 30), "{filter}: each once");
    }
    assert_eq!(world.ids("number7").await, [all[7]]);
}

#[tokio::test]
async fn what_matches_too_much_comes_newest_first_each_update_once() {
    let world = World::new().await;
    let segments: Vec<&str> = vec!["everybody says hello"; 60];
    let mut all = Vec::new();
    for _ in 0..12 {
        all.push(world.spoken("en", &segments).await);
    }
    all.reverse();
    let mut request = world.request(world.owner, "hello");
    request.limit = 5;
    let mut seen = Vec::new();
    loop {
        let found = search(world.store.reader(), &request).await.unwrap();
        seen.extend(found.items.into_iter().map(|item| item.update_id));
        match found.next {
            Some(next) => request.position = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, all);
}
