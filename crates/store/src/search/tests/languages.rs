//! Inflections, accents, scripts without spaces.

use super::World;

#[tokio::test]
async fn inflections_are_found_both_ways_and_marked_as_written() {
    let world = World::new().await;
    let english = world.spoken("en", &["We were shipping the releases", "nothing here"]).await;
    let german = world.spoken("de", &["Die Häuser und die Sitzungen", "nichts"]).await;
    for q in ["ship", "shipped", "release", "released", "SHIPPING"] {
        assert_eq!(world.ids(q).await, [english], "{q}");
    }
    assert_eq!(world.marked("ship release").await, ["shipping", "releases"]);
    for q in ["Sitzung", "sitzungen", "Haus haus-", "Hauser"] {
        let q = if q == "Haus haus-" { "Häusern" } else { q };
        assert_eq!(world.ids(q).await, [german], "{q}");
    }
}

#[tokio::test]
async fn accents_case_and_compatibility_forms_do_not_matter() {
    let world = World::new().await;
    let french = world.spoken("fr", &["L’équipe a préparé le café à Zürich", "œuvre d'art, naïve"]).await;
    for q in ["equipe", "ÉQUIPE", "cafe", "zurich", "l'équipe", "oeuvre", "ｎａｉｖｅ", "cafe\u{301}"]
    {
        assert_eq!(world.ids(q).await, [french], "{q}");
    }
    assert_eq!(world.marked("equipe").await, ["équipe"]);
}

#[tokio::test]
async fn chinese_japanese_korean_and_thai_are_found_inside_runs() {
    let world = World::new().await;
    let chinese = world.spoken("zh", &["我们今天在会议室讨论了发布计划", "其他内容"]).await;
    let japanese = world.spoken("ja", &["東京タワーの近くで会議をしました", "ｶﾞｲﾄﾞ資料"]).await;
    let korean = world.spoken("ko", &["회의실에서 배포 계획을 논의했습니다", "다른 이야기"]).await;
    let thai = world.spoken("th", &["เราประชุมเรื่องแผนการเปิดตัวสินค้า", "อื่น ๆ"]).await;
    assert_eq!(world.ids("会议室").await, [chinese]);
    assert_eq!(world.ids("\"发布计划\"").await, [chinese]);
    assert_eq!(world.marked("会议室").await, ["会议室"]);
    assert_eq!(world.ids("室").await, [chinese], "one character in the middle");
    assert_eq!(world.ids("划").await, [chinese], "one character at the end");
    assert_eq!(world.ids("タワー").await, [japanese]);
    assert_eq!(world.ids("ガイド").await, [japanese], "half-width letters");
    assert_eq!(world.ids("배포").await, [korean]);
    assert_eq!(world.ids("회의실").await, [korean]);
    assert_eq!(world.ids("ประชุม").await, [thai]);
    assert!(world.ids("室议会").await.is_empty());
}

#[tokio::test]
async fn cyrillic_greek_and_arabic_are_stemmed() {
    let world = World::new().await;
    let russian = world.spoken("ru", &["Мы обсуждали новые релизы и ёлку", "прочее"]).await;
    let greek = world.spoken("el", &["Οι συναντήσεις της ομάδας", "άλλα"]).await;
    let arabic = world.spoken("ar", &["نَاقَشْنَا الخطة الجديدة", "شيء آخر"]).await;
    assert_eq!(world.ids("релиз").await, [russian]);
    assert_eq!(world.ids("елку").await, [russian]);
    assert_eq!(world.ids("συναντησεις").await, [greek]);
    assert_eq!(world.ids("ناقشنا").await, [arabic]);
}

#[tokio::test]
async fn compounds_numbers_addresses_and_apostrophes() {
    let world = World::new().await;
    let id = world
        .spoken(
            "en",
            &["Send an e-mail to bob.smith@example.com about version 2.5", "The team's wi-fi, don't wait"],
        )
        .await;
    for q in [
        "e-mail",
        "email",
        "bob.smith@example.com",
        "example.com",
        "2.5",
        "\"version 2.5\"",
        "team's",
        "team",
        "wifi",
        "wi-fi",
        "don't",
        "dont",
        "don’t",
    ] {
        assert_eq!(world.ids(q).await, [id], "{q}");
    }
    assert_eq!(world.marked("email").await, ["e-mail"]);
    assert!(world.ids("\"5 2\"").await.is_empty());
}
