//! Any query is understood or refused, and any text can be indexed and found again.

use proptest::prelude::*;

use super::World;
use crate::search::language::Language;
use crate::search::tokens::tokenize;
use crate::search::{Query, QueryError, search};

proptest! {
    #[test]
    fn any_text_gives_terms_inside_it(text in "\\PC{0,200}|[\\x00-\\x7f]{0,200}|[\u{300}-\u{36f}a-z'’\\-]{0,80}", tag in "en|de|fr|ru|ar|ja|tr|ta|el|hu") {
        let length = text.chars().count();
        let language = Language::of_tag(&tag).unwrap();
        for token in tokenize(&text, &language) {
            prop_assert!(token.from < token.to && token.to <= length);
            for term in [&token.surface, &token.stem] {
                prop_assert!(!term.is_empty() && term.chars().count() <= 64);
                // FTS5's ascii tokenizer has to take each as one term.
                prop_assert!(term.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || !c.is_ascii()), "{term:?}");
            }
        }
    }

    #[test]
    fn any_query_is_understood_or_refused(text in any::<Vec<u8>>()) {
        drop(Query::parse(&String::from_utf8_lossy(&text)));
    }
}

#[tokio::test]
async fn hostile_queries_are_answered() {
    let world = World::new().await;
    world.update("plain text with \"quotes\" and \\ back\\slashes", "NUL \0 inside").await;
    let long = "a".repeat(100_000);
    assert_eq!(Query::parse(&long), Err(QueryError::TooLong));
    assert_eq!(Query::parse(&"a ".repeat(100)), Err(QueryError::TooManyParts));
    assert!(matches!(Query::parse("kind:pizza"), Err(QueryError::Kind(_))));
    assert!(matches!(Query::parse("before:tomorrow"), Err(QueryError::Date { .. })));
    assert!(matches!(Query::parse("-from:me"), Err(QueryError::Negated("from"))));
    let pieces = [
        "\"",
        "\0",
        "\\",
        "*",
        "-",
        "(",
        ")",
        "NEAR(a b)",
        "AND",
        "OR",
        "NOT",
        "^",
        "{body}",
        ":",
        "body:",
        "from:",
        "from:\"",
        "after:2026-01-01",
        "before:9999-12-31",
        "after:-9999-01-01",
        "team:%",
        "_",
        "'",
        ";--",
        "\u{202e}",
        "\u{fffd}",
        "ﷺ",
        "İ",
        "ß",
        "会",
        "e\u{301}",
        "plain",
        "plai*",
        "\"plain text\"",
        "-plain",
        "\u{1F600}",
        "1*",
        "a*",
        "+",
        "{audience}:a_",
        "x\"y",
        "\t",
        "\r\n",
    ];
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap()
    };
    let mut answered = 0;
    for round in 0..400 {
        let mut text: String = (0..=next() % 6)
            .map(|_| pieces[next() % pieces.len()])
            .collect::<Vec<_>>()
            .join(if round % 2 == 0 { " " } else { "" });
        if round < pieces.len() {
            text = pieces[round].to_owned();
        }
        let Ok(query) = Query::parse(&text) else { continue };
        let mut request = world.request(world.owner, "");
        request.query = query;
        search(world.store.reader(), &request).await.unwrap_or_else(|error| panic!("{text:?}: {error:?}"));
        answered += 1;
    }
    assert!(answered > 200, "most are answered: {answered}");
    assert_eq!(world.ids("inside nul").await.len(), 1);
}
