//! The API document in the tree is the one that the code makes.

/// Compared line by line first, so that the message says what to do instead of printing two long texts.
#[test]
fn the_snapshot_is_what_the_code_makes() {
    let made = serde_json::to_string_pretty(&meridian_server::app::openapi().unwrap()).unwrap();
    let kept = include_str!("../../openapi.json");
    let lines = kept.lines().zip(made.lines()).enumerate();
    let differs =
        lines.filter(|(_, (kept, made))| kept != made).map(|(at, (kept, made))| (at + 1, kept, made)).next();
    assert_eq!(differs, None, "server/openapi.json is old: run `make openapi` and commit it");
    assert_eq!(kept, format!("{made}\n"), "server/openapi.json is old: run `make openapi` and commit it");
}
