//! When the people of a team work together.

use serde_json::{Value, json};

use crate::world::World;

fn span(one: &Value) -> (String, String, usize) {
    let text = |field: &str| one[field].as_str().unwrap().to_owned();
    (text("starts_at"), text("ends_at"), one["user_ids"].as_array().unwrap().len())
}

fn is(start: &str, end: &str, people: usize) -> (String, String, usize) {
    (start.to_owned(), end.to_owned(), people)
}

/// Berlin works from 08:00Z to 16:00Z, London from 09:00Z to 17:00Z, New York from 14:00Z to 22:00Z.
#[tokio::test]
async fn a_team_sees_when_it_works_together() {
    let World { ada, ben, server, open, .. } = &World::new().await;
    let path = format!("/api/v1/teams/{open}/overlap");
    let day = ada.get(&format!("{path}?from=2026-11-02T00:00:00Z")).await.expect(200);
    assert_eq!((&day["people"], &day["away"]), (&json!(3), &json!([])));
    let spans: Vec<_> = day["spans"].as_array().unwrap().iter().map(span).collect();
    let expected = [
        is("2026-11-02T09:00:00Z", "2026-11-02T14:00:00Z", 2),
        is("2026-11-02T14:00:00Z", "2026-11-02T16:00:00Z", 3),
        is("2026-11-02T16:00:00Z", "2026-11-02T17:00:00Z", 2),
    ];
    assert_eq!(spans, expected);
    assert_eq!(span(&day["best"]), expected[1]);
    assert_eq!(span(&day["next"]), expected[1]);
    // At the weekend nobody works; the next time is Monday's.
    server.set_clock("2026-11-06T16:00:00Z");
    let ada = &server.renewed(ada).await;
    let saturday = ada.get(&format!("{path}?from=2026-11-07T00:00:00Z")).await.expect(200);
    assert_eq!((&saturday["spans"], &saturday["best"]), (&json!([]), &Value::Null));
    assert_eq!(span(&saturday["next"]), is("2026-11-09T14:00:00Z", "2026-11-09T16:00:00Z", 3));
    // Who is away is not waited for.
    server
        .renewed(ben)
        .await
        .put("/api/v1/me/away", json!({"from": "2026-11-06", "to": "2026-11-20"}))
        .await
        .expect(200);
    let friday = ada.get(&path).await.expect(200);
    assert_eq!((&friday["people"], &friday["away"]), (&json!(2), &json!([ben.id])));
    assert_eq!(span(&friday["next"]), is("2026-11-09T09:00:00Z", "2026-11-09T16:00:00Z", 2));
    ada.get(&format!("{path}?from=yesterday")).await.expect_problem(400, "malformed");
    ada.get(&format!("{path}?from=9999-12-30T22:00:00Z")).await.expect_problem(400, "malformed");
}
