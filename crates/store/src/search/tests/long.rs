//! Long talks: a common word said in each segment of them, and an index that came in many pieces.

use meridian_domain::enums::CommentKind;

use super::World;
use crate::Conn as _;
use crate::repo;
use crate::search::{Tidied, tidy};

/// As many segments as make a step of the search end within a talk.
const SEGMENTS: usize = 230;

#[tokio::test]
async fn long_talks_leave_room_for_others_and_are_shown_once() {
    let world = World::new().await;
    let common = vec!["the plan is the plan"; SEGMENTS];
    let oldest = world.spoken("en", &common).await;
    let noted = world.update("Notes", "").await;
    let middle = world.spoken("en", &common).await;
    // Among the newest rows, but of an older update.
    let answer = world.comment(oldest, world.owner, CommentKind::Comment, "Plan! Plan! Plan!").await;
    let newest = world.spoken("en", &common).await;
    let late = world.comment(noted, world.owner, CommentKind::Comment, "Which plan?").await;

    let mut request = world.request(world.owner, "plan");
    request.limit = 2;
    let mut pages = Vec::new();
    loop {
        let found = super::search(world.store.reader(), &request).await.unwrap();
        pages.push(found.items);
        match found.next {
            Some(next) => request.position = Some(next),
            None => break,
        }
        assert!(pages.len() < 5, "the pages end");
    }
    let ids: Vec<_> = pages.iter().flatten().map(|item| item.update_id).collect();
    assert_eq!(ids, [noted, newest, oldest, middle]);
    let of = |id| pages.iter().flatten().find(|item| item.update_id == id).unwrap();
    assert_eq!(of(noted).hits[0].comment_id, Some(late));
    assert!(of(oldest).hits.iter().any(|hit| hit.comment_id == Some(answer)));
    for id in [newest, middle] {
        assert_eq!(of(id).hits.len(), 10, "as many as are shown");
    }
}

#[tokio::test]
async fn many_pieces_become_one_and_say_the_same() {
    let world = World::new().await;
    let words = ["alpha", "beta", "gamma", "delta"];
    for talk in 0..12 {
        let segments: Vec<String> =
            (0..SEGMENTS).map(|at| format!("{} {}", words[at % 4], words[(at / 4 + talk) % 4])).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        world.spoken("en", &segments).await;
    }
    let asked = ["alpha", "\"beta gamma\"", "delta -alpha", "gam*"];
    let mut before = Vec::new();
    for q in asked {
        before.push(world.find(world.owner, q).await.items);
    }
    if world.store.reader().dialect() != crate::Dialect::Sqlite {
        assert_eq!(tidy(&world.store, 1).await.unwrap(), Tidied::NotDue);
        return;
    }
    assert!(pieces(&world).await > 1);
    let mut steps = 0;
    while tidy(&world.store, 1).await.unwrap() == Tidied::Partly {
        steps += 1;
        assert!(steps < 1_000, "it ends");
    }
    assert_eq!(pieces(&world).await, 1);
    assert_eq!(tidy(&world.store, 1).await.unwrap(), Tidied::NotDue, "until much more has come");
    for (q, before) in asked.iter().zip(before) {
        assert_eq!(world.find(world.owner, q).await.items, before, "{q}");
    }
}

/// How many trees FTS5's structure record names: its second number (fts5_index.c, "structure record").
async fn pieces(world: &World) -> i64 {
    let numbers = "SELECT CAST(hex(substr(block, 10, 1)) AS TEXT) AS n FROM search_fts_data WHERE id = 10";
    let text = format!(
        "SELECT instr('123456789ABCDEF', substr(n, 2, 1)) + 16 * instr('123456789ABCDEF', substr(n, 1, 1)) FROM ({numbers})"
    );
    repo::scalar_i64(world.store.reader(), &text).await.unwrap()
}
