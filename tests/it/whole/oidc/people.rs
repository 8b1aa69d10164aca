//! Who comes in, as whom.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Browser, World};

fn role_in(me: &Value, workspace: &str) -> Option<String> {
    let all = me["user"]["workspaces"].as_array().unwrap();
    let found = all.iter().find(|one| one["id"] == workspace)?;
    Some(found["role"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn people_come_in_by_the_provider_and_are_known_again() {
    let mut world = World::new().await;
    let ada = world.instance.person("ada").await;
    let instance = ada.get("/instance").await;
    assert_eq!(instance["oidc"], json!({"label": "Acme", "start_url": "/api/v1/auth/oidc/start"}));

    // Nobody has invited Eve, so there is no account for her.
    world.provider.next("e1", "eve@example.org", true);
    let mut browser = Browser::new();
    assert_eq!(world.sign_in(&mut browser, "").await, "/sign-in?oidc=no_account");
    assert!(world.me(&mut browser).await.is_none());

    // With an invitation there is, and the invitation is used up.
    let invites = format!("/workspaces/{}/invites", ada.workspace);
    let invite = ada.call(Method::POST, &invites, json!({"role": "member"})).await;
    let by_invitation = format!(
        "return_to=/invite/x&time_zone=Europe/Paris&invite_token={}",
        invite["token"].as_str().unwrap()
    );
    assert_eq!(world.sign_in(&mut browser, &by_invitation).await, "/");
    let eve = world.me(&mut browser).await.unwrap();
    assert_eq!(role_in(&eve, &ada.workspace).as_deref(), Some("member"));
    assert_eq!(
        (&eve["user"]["display_name"], &eve["user"]["email"], &eve["user"]["time_zone"]),
        (&json!("eve of Acme"), &json!("eve@example.org"), &json!("Europe/Paris"))
    );
    world.provider.next("f1", "fay@example.org", true);
    assert_eq!(world.sign_in(&mut Browser::new(), &by_invitation).await, "/sign-in?oidc=no_account");

    // Known again by the provider's id, whatever the address is now; and where it began is where it ends.
    world.provider.next("e1", "eve.other@example.org", true);
    let mut elsewhere = Browser::new();
    assert_eq!(world.sign_in(&mut elsewhere, "return_to=/search?q=plan").await, "/search?q=plan");
    let again = world.me(&mut elsewhere).await.unwrap();
    assert_eq!(again["user"]["id"], eve["user"]["id"]);
    // Never on another origin.
    assert_eq!(world.sign_in(&mut elsewhere, "return_to=//evil.example/x").await, "/");

    // Signing out ends it, as for passwords.
    let out = format!("{}/api/v1/auth/logout", world.instance.base);
    assert_eq!(elsewhere.send(Method::POST, &out).await.status(), 204);
    assert!(world.me(&mut elsewhere).await.is_none());

    // Where a workspace is named, people without an account become its members.
    world.instance.restart_with("MERIDIAN_OIDC_WORKSPACE", ada.workspace.clone()).await;
    world.provider.next("f1", "fay@example.org", true);
    let mut browser = Browser::new();
    assert_eq!(world.sign_in(&mut browser, "").await, "/");
    let fay = world.me(&mut browser).await.unwrap();
    assert_eq!(role_in(&fay, &ada.workspace).as_deref(), Some("member"));
    let log = ada.get(&format!("/workspaces/{}/audit-log?action=member.joined", ada.workspace)).await;
    let actors: Vec<_> = log["items"].as_array().unwrap().iter().map(|one| &one["actor"]["id"]).collect();
    assert_eq!(actors, [&fay["user"]["id"], &eve["user"]["id"]]);
    assert_eq!(log["items"][0]["details"]["issuer"], json!(world.provider.issuer));
}

#[tokio::test]
async fn only_a_verified_address_opens_the_account_that_has_it() {
    let mut world = World::new().await;
    let ada = world.instance.person("ada").await;
    let login = json!({"email": "ada@example.org", "password": "correct horse battery"});
    let known = ada.call(Method::POST, "/auth/login", login.clone()).await;

    for (email, verified, word) in [
        ("ada@example.org", false, "unverified"),
        ("ada@example.org.evil.net", true, "domain"),
        ("no address", true, "unverified"),
    ] {
        world.provider.next("x1", email, verified);
        let mut browser = Browser::new();
        assert_eq!(world.sign_in(&mut browser, "").await, format!("/sign-in?oidc={word}"), "{email}");
        assert!(world.me(&mut browser).await.is_none());
    }
    // Nothing has changed for Ada.
    ada.call(Method::POST, "/auth/login", login.clone()).await;

    // The provider vouches for the address: it is Ada's account, and what somebody else may have set ends.
    world.provider.next("a1", "Ada@example.org", true);
    let mut browser = Browser::new();
    assert_eq!(world.sign_in(&mut browser, "").await, "/");
    let linked = world.me(&mut browser).await.unwrap();
    assert_eq!(linked["user"]["id"], known["user"]["id"]);
    let api = |path: &str| format!("{}/api/v1{path}", ada.base);
    let old = ada.http.get(api("/me")).bearer_auth(&ada.token).send().await.unwrap();
    assert_eq!(old.status(), 401);
    assert_eq!(ada.http.post(api("/auth/login")).json(&login).send().await.unwrap().status(), 401);
    let mut ada = ada;
    ada.token = linked["access_token"].as_str().unwrap().to_owned();
    let path = format!("/workspaces/{}/audit-log?action=member.identity_linked", ada.workspace);
    assert_eq!(ada.get(&path).await["items"].as_array().unwrap().len(), 1);

    // Another person who was given the address at the provider does not get the account.
    world.provider.next("a2", "ada@example.org", true);
    assert_eq!(world.sign_in(&mut Browser::new(), "").await, "/sign-in?oidc=other_identity");
}
