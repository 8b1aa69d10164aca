//! Media in work, trims and captions.

use meridian_domain::transcript::Span;
use meridian_store::repo::processing;
use serde_json::{Value, json};

use super::{Studio, bytes, picture};

#[tokio::test]
async fn media_in_work_is_playable_from_its_first_segment() {
    let studio = Studio::new().await;
    assert_eq!(studio.media(&studio.world.ada).await["hls_url"], Value::Null);
    let picture = studio.rendition("720p", "video").await;
    let player = studio.player();
    studio.segment(picture, "720p", 0).await;
    let media = studio.media(&studio.world.ada).await;
    assert_eq!(media["download_url"], Value::Null);
    let master = media["hls_url"].as_str().unwrap();
    assert!(player.get(master).await.text.contains("#EXT-X-START:TIME-OFFSET=0"));
    let variant =
        format!("{}/{}/720p/playlist.m3u8", master.trim_end_matches("/master.m3u8"), studio.generation);
    let first = player.get(&variant).await.text;
    assert!(first.contains("#EXT-X-START:TIME-OFFSET=0") && !first.contains("ENDLIST"), "{first}");
    studio.segment(picture, "720p", 1).await;
    let second = player.get(&variant).await.text;
    assert!(second.starts_with(&first) && second.ends_with("1.m4s\n"), "{second}");
    studio.finish().await;
    assert!(player.get(&variant).await.text.ends_with("#EXT-X-ENDLIST\n"));
}

/// Blocking playlist reload: who asks for what is not there yet has it, or the end, as soon as it is.
#[tokio::test]
async fn a_player_that_asks_ahead_is_answered_when_there_is_more() {
    let studio = Studio::new().await;
    let picture = studio.rendition("720p", "video").await;
    let player = studio.player();
    studio.segment(picture, "720p", 0).await;
    let folder = studio.folder(&studio.world.ada).await;
    let variant = format!("{folder}hls/{}/720p/playlist.m3u8", studio.generation);
    let there = player.get(&format!("{variant}?_HLS_msn=0")).await.text;
    assert!(there.ends_with("0.m4s\n") && there.contains("CAN-BLOCK-RELOAD=YES"), "{there}");
    let asked = [format!("{variant}?_HLS_msn=1"), format!("{variant}?_HLS_msn=2")];
    let (ahead, ()) = tokio::join!(player.get(&asked[0]), studio.segment(picture, "720p", 1));
    assert!(ahead.text.ends_with("1.m4s\n"), "{}", ahead.text);
    let (ahead, ()) = tokio::join!(player.get(&asked[1]), studio.finish());
    assert!(ahead.text.ends_with("1.m4s\n#EXT-X-ENDLIST\n"), "{}", ahead.text);
    let after = player.get(&asked[1]).await.text;
    assert!(after.ends_with("#EXT-X-ENDLIST\n") && !after.contains("SERVER-CONTROL"), "{after}");
}

#[tokio::test]
async fn what_was_trimmed_away_is_not_served() {
    let studio = Studio::whole().await;
    let ada = &studio.world.ada;
    let folder = studio.folder(ada).await;
    let player = studio.player();
    let at = |file: &str| format!("{folder}hls/{}/720p/{file}", studio.generation);
    assert_eq!(player.get(&at("0.m4s")).await.status, 200);
    let trim = json!({"trim": {"start_ms": 5_000, "end_ms": 11_000}});
    ada.patch(&format!("/api/v1/updates/{}", studio.update), trim).await.expect(200);
    let variant = player.get(&at("playlist.m3u8")).await.text;
    let names: Vec<&str> = variant.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(names, ["1.m4s", "2.m4s"], "{variant}");
    assert!(variant.contains("#EXT-X-START:TIME-OFFSET=1.000000,PRECISE=YES"), "{variant}");
    assert_eq!(player.get(&at("1.m4s")).await.status, 200);
    for outside in ["0.m4s", "3.m4s", "4.m4s"] {
        assert_eq!(player.get(&at(outside)).await.status, 404, "{outside}");
    }
    let (status, _, download) = bytes(&player, &format!("{folder}download.mp4"), &[]).await;
    assert_eq!(status, 200);
    let there = |seq: i64, second: i64| {
        let wanted = picture("720p", seq, second);
        download.windows(wanted.len()).any(|window| window == wanted.as_bytes())
    };
    // From the key frame before 5 s to 11 s: 4, 5, ... 10 s; nothing else.
    let seconds: Vec<i64> = (0..20).filter(|at| there(at / 4, at % 4)).collect();
    assert_eq!(seconds, (4..11).collect::<Vec<i64>>());
    let (status, headers, part) =
        bytes(&player, &format!("{folder}download.mp4"), &[("range", "bytes=100-40000")]).await;
    assert_eq!((status, &part[..]), (206, &download[100..=40_000]));
    assert_eq!(headers["content-range"], format!("bytes 100-40000/{}", download.len()));
    for (name, wanted) in [
        ("storyboard.vtt", "WEBVTT\n\n00:00:01.000 --> 00:00:07.000\nstoryboard.jpg#xywh=16,0,16,16\n"),
        (
            "peaks.json",
            "{\"bits\":8,\"channels\":1,\"data\":[2,3,4,5],\"length\":2,\"sample_rate\":1000,\
            \"samples_per_pixel\":4000,\"version\":2}",
        ),
    ] {
        assert_eq!(player.get(&format!("{folder}{name}")).await.text, wanted, "{name}");
    }
    ada.patch(&format!("/api/v1/updates/{}", studio.update), json!({"trim": null})).await.expect(200);
    assert_eq!(player.get(&at("playlist.m3u8")).await.text.matches(".m4s").count(), 5);
}

#[tokio::test]
async fn captions_grow_with_the_transcript_and_follow_the_trim() {
    let studio = Studio::whole().await;
    let server = &studio.world.server;
    let (lease, update, generation) = (&studio.lease, studio.update, studio.generation);
    let span = |start_ms: i64, text: &str| Span {
        start_ms,
        end_ms: start_ms + 1_000,
        text: text.to_owned(),
        words: Vec::new(),
    };
    let transcript = server
        .write(async |tx| {
            let begun =
                processing::begin_transcript(tx, lease, update, generation, "en", "base").await.unwrap();
            let spans = [span(500, "Good <b>morning</b>"), span(6_000, "the release is out")];
            processing::append_window(tx, lease, update, begun, &spans).await.unwrap();
            begun
        })
        .await;
    server
        .write(async |tx| {
            processing::finish_transcript(tx, lease, update, transcript, None).await.unwrap();
        })
        .await;
    let ada = &studio.world.ada;
    let url = studio.media(ada).await["captions_url"].as_str().unwrap().to_owned();
    let told = studio.player().get(&url).await;
    assert_eq!(told.headers["content-type"], "text/vtt; charset=utf-8");
    assert_eq!(
        told.text,
        "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nGood &lt;b&gt;morning&lt;/b&gt;\n\n\
         00:00:06.000 --> 00:00:07.000\nthe release is out\n"
    );
    // The first listed segment begins at 4 s: that is the player's zero.
    let trim = json!({"trim": {"start_ms": 5_000, "end_ms": 11_000}});
    ada.patch(&format!("/api/v1/updates/{update}"), trim).await.expect(200);
    let told = studio.player().get(&url).await.text;
    assert_eq!(told, "WEBVTT\n\n00:00:02.000 --> 00:00:03.000\nthe release is out\n");
}
