//! Transcripts over HTTP: reading, exporting, importing, correcting with If-Match, making anew; who may.

use meridian_domain::ids::UpdateId;
use meridian_domain::transcript::{Span, spread};
use meridian_store::repo::transcripts;
use serde_json::{Value, json};

use crate::support::{Answer, Client};
use crate::world::{World, path};

/// An update with a recognised transcript: a segment every ten seconds.
async fn spoken(world: &World, who: &Client, extra: Value, texts: &[&str]) -> Value {
    let update = world.video(who, world.open, extra).await;
    let id: UpdateId = update["id"].as_str().unwrap().parse().unwrap();
    let spans: Vec<Span> = texts
        .iter()
        .zip((0_i64..).step_by(10_000))
        .map(|(text, at)| Span {
            start_ms: at,
            end_ms: at + 8_000,
            text: (*text).to_owned(),
            words: spread(text, at, at + 8_000),
        })
        .collect();
    world
        .server
        .write(async |tx| {
            let transcript = transcripts::begin_recognised(tx, id, None, "en", "base").await.unwrap();
            transcripts::append_recognised(tx, transcript, &spans).await.unwrap();
            transcripts::finish_recognised(tx, transcript, None).await.unwrap();
        })
        .await;
    update
}

async fn put_file(who: &Client, path: &str, body: impl Into<reqwest::Body>) -> Answer {
    Answer::of(who.request(reqwest::Method::PUT, path).header("content-type", "text/vtt").body(body)).await
}

#[tokio::test]
async fn it_is_read_with_words_and_exported_in_every_format() {
    let world = World::new().await;
    let update =
        spoken(&world, &world.ada, json!({"title": "A <plan>"}), &["Hello there", "We ship & rest"]).await;
    let base = format!("{}/transcript", path(&update));
    let answer = world.ben.get(&base).await;
    let etag = answer.etag();
    let read = answer.expect(200);
    assert_eq!(etag, format!("\"v{}\"", read["revision"]));
    assert_eq!(
        (&read["language"], &read["origin"], &read["model"]),
        (&json!("en"), &json!("recognised"), &json!("base"))
    );
    assert_eq!(read["segments"][1]["text"], "We ship & rest");
    assert_eq!(read["segments"][0]["words"][1]["text"], "there");
    assert_eq!(read["suggestions"], json!([]));
    let shown = world.ben.get(&path(&update)).await.expect(200);
    assert_eq!(shown["transcript"], json!({"status": "ready", "language": "en", "word_count": 6}));
    for (format, kind, part) in [
        ("vtt", "text/vtt", "00:00:10.000 --> 00:00:18.000\nWe ship &amp; rest"),
        ("srt", "application/x-subrip", "2\n00:00:10,000 --> 00:00:18,000\nWe ship & rest"),
        ("txt", "text/plain", "Hello there\n"),
        ("md", "text/markdown", "# A &lt;plan&gt;"),
    ] {
        let file = world.ben.get(&format!("{base}.{format}")).await;
        assert!(file.headers["content-type"].to_str().unwrap().starts_with(kind), "{format}");
        assert!(file.status == 200 && file.text.contains(part), "{format}: {}", file.text);
        assert_eq!(file.headers["x-content-type-options"], "nosniff");
    }
    world.ben.get(&format!("{base}.html")).await.expect_problem(404, "not_found");
    world.ben.get(&format!("{base}?language=de")).await.expect_problem(404, "not_found");
    world.ben.get(&format!("{base}?language=en-GB")).await.expect(200);
}

#[tokio::test]
async fn strangers_see_nothing_and_viewers_change_nothing() {
    let world = World::new().await;
    let update = spoken(&world, &world.ada, json!({}), &["Hello there"]).await;
    let base = format!("{}/transcript", path(&update));
    let segment = world.ada.get(&base).await.expect(200)["segments"][0]["id"].as_str().unwrap().to_owned();
    let segment = format!("/api/v1/transcript/segments/{segment}");
    for who in [&world.sam, &world.gil] {
        for tail in ["", ".vtt", ".srt", ".txt", ".md"] {
            who.get(&format!("{base}{tail}")).await.expect_problem(404, "not_found");
        }
        who.patch(&segment, json!({"text": "x"})).await.expect_problem(404, "not_found");
        put_file(who, &base, "WEBVTT").await.expect_problem(404, "not_found");
        who.post(&format!("{base}/regenerate"), json!({})).await.expect_problem(404, "not_found");
    }
    for who in [&world.cleo, &world.gus] {
        who.get(&base).await.expect(200);
        who.patch(&segment, json!({"text": "x"})).await.expect_problem(403, "forbidden");
        put_file(who, &base, "WEBVTT").await.expect_problem(403, "forbidden");
        who.post(&format!("{base}/regenerate"), json!({})).await.expect_problem(403, "forbidden");
    }
    world.server.anonymous().get(&base).await.expect_problem(401, "unauthenticated");
    let nil = uuid::Uuid::nil();
    for verb in ["accept", "dismiss"] {
        world
            .ada
            .post(&format!("/api/v1/transcript/suggestions/{nil}/{verb}"), json!({}))
            .await
            .expect_problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_correction_keeps_ids_makes_a_copy_and_loses_no_race() {
    let world = World::new().await;
    let update = spoken(&world, &world.ada, json!({}), &["We shit it on Friday", "Second"]).await;
    let base = format!("{}/transcript", path(&update));
    let answer = world.ada.get(&base).await;
    let etag = answer.etag();
    let before = answer.expect(200);
    let segment = format!("/api/v1/transcript/segments/{}", before["segments"][0]["id"].as_str().unwrap());
    let edited = world.ada.patch_if(&segment, &etag, json!({"text": "We ship it  on Friday"})).await;
    let newer = edited.etag();
    let edited = edited.expect(200);
    assert_eq!(edited["text"], "We ship it on Friday");
    assert_eq!(edited["words"][4], before["segments"][0]["words"][4], "what stayed keeps its time");
    let after = world.ben.get(&base).await.expect(200);
    assert_eq!((&after["origin"], &after["revision"]), (&json!("edited"), &edited["revision"]));
    assert_eq!(after["segments"][0]["id"], before["segments"][0]["id"]);
    assert_eq!(after["segments"][1], before["segments"][1]);
    world.ada.patch_if(&segment, &etag, json!({"text": "late"})).await.expect_problem(412, "edit_race");
    world.ada.patch_if(&segment, &newer, json!({"text": "in time"})).await.expect(200);
    world.ada.patch(&segment, json!({"text": "without a tag the last wins"})).await.expect(200);
    world.ada.patch(&segment, json!({"text": "x".repeat(4001)})).await.expect_problem(422, "invalid");
    world.ada.patch(&segment, json!({})).await.expect_problem(422, "invalid");
    world
        .ada
        .patch("/api/v1/transcript/segments/nonsense", json!({"text": "x"}))
        .await
        .expect_problem(400, "malformed");
}

#[tokio::test]
async fn files_are_imported_and_hostile_ones_refused() {
    let world = World::new().await;
    let update = spoken(&world, &world.ben, json!({}), &["recognised words"]).await;
    let base = format!("{}/transcript", path(&update));
    let file = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ana>Imported <b>speech</b></v>\n";
    let made = put_file(&world.ben, &format!("{base}?language=de"), file).await.expect(200);
    assert_eq!((&made["origin"], &made["language"]), (&json!("imported"), &json!("de")));
    assert_eq!(made["segments"][0]["text"], "Ana: Imported speech");
    assert_eq!(world.ada.get(&base).await.expect(200)["segments"][0]["id"], made["segments"][0]["id"]);
    world.ada.get(&format!("{base}?language=en")).await.expect(200);
    put_file(&world.ben, &base, "no cues").await.expect_problem(422, "invalid");
    put_file(&world.ben, &base, vec![0xff, 0x00]).await.expect_problem(422, "invalid");
    put_file(&world.ben, &base, "a".repeat(5 * 1024 * 1024 + 1)).await.expect_problem(413, "too_large");
    put_file(&world.ben, &format!("{base}?language=x"), file).await.expect_problem(422, "invalid");
    let text = world.text(&world.ben, world.open, json!({})).await;
    put_file(&world.ben, &format!("{}/transcript", path(&text)), file).await.expect_problem(409, "conflict");
}

#[tokio::test]
async fn while_it_is_made_it_is_409_unless_parts_are_asked_for() {
    let world = World::new().await;
    let update = world.video(&world.ada, world.open, json!({})).await;
    let base = format!("{}/transcript", path(&update));
    world.ben.get(&base).await.expect_problem(409, "transcript_pending");
    world.ben.get(&format!("{base}.vtt")).await.expect_problem(409, "transcript_pending");
    let id: UpdateId = update["id"].as_str().unwrap().parse().unwrap();
    let span =
        Span { start_ms: 0, end_ms: 1_000, text: "So far".to_owned(), words: spread("So far", 0, 1_000) };
    world
        .server
        .write(async |tx| {
            let transcript = transcripts::begin_recognised(tx, id, None, "en", "base").await.unwrap();
            transcripts::append_recognised(tx, transcript, &[span]).await.unwrap();
        })
        .await;
    world.ben.get(&base).await.expect_problem(409, "transcript_pending");
    let part = world.ben.get(&format!("{base}?partial=true")).await.expect(200);
    assert_eq!((&part["complete"], &part["segments"][0]["text"]), (&json!(false), &json!("So far")));
    let text = world.text(&world.ada, world.open, json!({})).await;
    world.ben.get(&format!("{}/transcript", path(&text))).await.expect_problem(404, "not_found");
    world.ada.post(&format!("{base}/regenerate"), json!({})).await.expect_problem(409, "conflict");
}

#[tokio::test]
async fn a_trim_hides_words_everywhere_and_exports_begin_at_zero() {
    let world = World::new().await;
    let update =
        spoken(&world, &world.ada, json!({}), &["secret opening", "public middle", "secret closing"]).await;
    world
        .ada
        .patch(&path(&update), json!({"trim": {"start_ms": 10_000, "end_ms": 20_000}}))
        .await
        .expect(200);
    let base = format!("{}/transcript", path(&update));
    let read = world.ben.get(&base).await.expect(200);
    assert_eq!(read["segments"].as_array().unwrap().len(), 1);
    assert_eq!(read["segments"][0]["start_ms"], 10_000);
    for format in ["vtt", "srt", "txt", "md"] {
        let text = world.ben.get(&format!("{base}.{format}")).await.text;
        assert!(text.contains("public middle") && !text.contains("secret"), "{text}");
    }
    assert!(world.ben.get(&format!("{base}.vtt")).await.text.contains("00:00:00.000 --> 00:00:08.000"));
    let q = format!("/api/v1/search?workspace_id={}&q=secret", world.workspace);
    assert_eq!(world.ben.get(&q).await.expect(200)["items"], json!([]));
}
