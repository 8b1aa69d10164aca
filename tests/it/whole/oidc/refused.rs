//! What somebody between browser, server and provider could try.

use reqwest::{Method, Url};
use serde_json::json;

use super::{Browser, World, provider};

fn query(url: &str, name: &str) -> String {
    let url = Url::parse(url).unwrap();
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.unwrap_or_else(|| panic!("no {name} in {url}")).1.into_owned()
}

/// The same address with another value of a parameter.
fn with(url: &str, name: &str, value: &str) -> String {
    let mut url = Url::parse(url).unwrap();
    let others: Vec<(String, String)> =
        url.query_pairs().filter(|(key, _)| key != name).map(|(k, v)| (k.into(), v.into())).collect();
    url.query_pairs_mut().clear().extend_pairs(others).append_pair(name, value);
    url.into()
}

/// An instance on which Ada, who has an account, is who signs in at the provider.
async fn world() -> World {
    let mut world = World::new().await;
    world.instance.person("ada").await;
    world.provider.next("a1", "ada@example.org", true);
    world
}

#[tokio::test]
async fn a_sign_in_is_for_one_browser_and_once() {
    let mut world = world().await;
    let (mut own, mut other) = (Browser::new(), Browser::new());
    let callback = world.to_callback(&mut own, "").await;
    assert_eq!(world.end(&mut other, &callback).await, "/sign-in?oidc=ended", "another browser");
    let made_up = with(&callback, "state", &"A".repeat(43));
    assert_eq!(world.end(&mut own, &made_up).await, "/sign-in?oidc=ended", "a made-up state");
    assert_eq!(world.end(&mut own, &callback).await, "/");
    assert!(world.me(&mut own).await.is_some());
    assert_eq!(world.end(&mut own, &callback).await, "/sign-in?oidc=ended", "used before");

    // A code of one sign-in is of no use in another one of the same browser: the provider asks for its verifier.
    let first = world.to_callback(&mut own, "").await;
    let second = world.to_callback(&mut own, "").await;
    let swapped = with(&second, "code", &query(&first, "code"));
    assert_eq!(world.end(&mut own, &swapped).await, "/sign-in?oidc=refused");
    // The answer of another provider, and one without a code.
    let callback = world.to_callback(&mut own, "").await;
    let mixed_up = with(&callback, "iss", "https://evil.example");
    assert_eq!(world.end(&mut own, &mixed_up).await, "/sign-in?oidc=refused");

    // Calling it off at the provider is no failure.
    let there = own.send(Method::GET, &world.start("")).await;
    let there = there.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(query(&there, "code_challenge_method"), "S256");
    let base = &world.instance.base;
    let state = query(&there, "state");
    let back = format!("{base}/api/v1/auth/oidc/callback?error=access_denied&state={state}");
    assert_eq!(world.end(&mut own, &back).await, "/sign-in?oidc=cancelled");

    // A provider that is gone is named.
    let callback = world.to_callback(&mut own, "").await;
    world.provider.stop();
    assert_eq!(world.end(&mut own, &callback).await, "/sign-in?oidc=unreachable");

    let log = world.instance.log();
    for secret in [query(&callback, "code"), query(&callback, "state"), provider::SECRET.to_owned()] {
        assert!(!log.contains(&secret), "a secret is in the log:\n{log}");
    }
}

#[tokio::test]
async fn an_id_token_that_does_not_hold_lets_nobody_in() {
    let mut world = world().await;
    for forge in [
        json!({"claims": {"nonce": "another"}}),
        json!({"claims": {"iss": "https://evil.example"}}),
        json!({"claims": {"aud": "somebody-else"}}),
        json!({"claims": {"aud": ["meridian", "somebody-else"]}}),
        json!({"claims": {"exp": 1_000_000_000}}),
        json!({"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}}),
        json!({"by": "foreign"}),
        json!({"by": "none"}),
        json!({"by": "secret"}),
    ] {
        world.provider.next_forged("a1", "ada@example.org", forge.clone());
        let mut browser = Browser::new();
        assert_eq!(world.sign_in(&mut browser, "").await, "/sign-in?oidc=refused", "{forge}");
        assert!(world.me(&mut browser).await.is_none());
    }
    // The same token, made anew and signed by the provider, does.
    world.provider.next_forged("a1", "ada@example.org", json!({"by": "own"}));
    let mut browser = Browser::new();
    assert_eq!(world.sign_in(&mut browser, "").await, "/");
    assert!(world.me(&mut browser).await.is_some());
}
