//! The queue, workers and storage for whoever runs the instance; the audit log, retention rules and exports of a
//! workspace.

use std::io::{Cursor, Read as _};

use meridian_server::endpoints::workspaces::retention;
use meridian_store::repo::jobs::{self, Sources};
use meridian_store::repo::workers;
use reqwest::Method;
use serde_json::{Value, json};

use crate::media::Studio;
use crate::support::{Answer, Client};
use crate::uploads::webm;
use crate::world::{World, ids, path};

/// Uploads a recording whole, so that a job is there.
async fn recorded(world: &World, who: &Client) -> Value {
    let made = world.video(who, world.open, json!({})).await;
    let file = webm(9_000);
    let request = who
        .request(Method::POST, made["upload_url"].as_str().unwrap())
        .header("tus-resumable", "1.0.0")
        .header("upload-length", file.len().to_string())
        .header("content-type", "application/offset+octet-stream")
        .body(file);
    Answer::of(request).await.expect(201);
    made
}

async fn jobs_in(olga: &Client, state: &str) -> Vec<Value> {
    let list = olga.get(&format!("/api/v1/admin/jobs?state={state}")).await.expect(200);
    list["items"].as_array().unwrap().clone()
}

fn act(job: &Value, verb: &str) -> String {
    format!("/api/v1/admin/jobs/{}/{verb}", job["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_job_is_called_off_and_tried_again_with_the_update_that_it_is_for() {
    let world = World::new().await;
    let (olga, ada) = (&world.olga, &world.ada);
    let update = recorded(&world, ada).await;
    let waiting = jobs_in(olga, "queued").await;
    assert_eq!(waiting.len(), 1);
    let job = &waiting[0];
    assert_eq!((&job["kind"], &job["update_id"]), (&json!("process_update"), &update["id"]));
    assert!(job["payload"].is_null(), "{job}");
    olga.post(&act(job, "retry"), json!({})).await.expect_problem(409, "conflict");

    assert_eq!(olga.post(&act(job, "cancel"), json!({})).await.status, 202);
    let failed = ada.get(&path(&update)).await.expect(200);
    assert_eq!((&failed["status"], &failed["failure"]["code"]), (&json!("failed"), &json!("cancelled")));
    assert!(jobs_in(olga, "open").await.is_empty());
    olga.post(&act(job, "cancel"), json!({})).await.expect_problem(409, "conflict");

    assert_eq!(olga.post(&act(job, "retry"), json!({})).await.status, 202);
    let again = ada.get(&path(&update)).await.expect(200);
    assert_eq!((&again["status"], &again["failure"]), (&json!("processing"), &Value::Null));
    let open = jobs_in(olga, "open").await;
    assert_eq!(ids(&json!({"items": open})), ids(&json!({"items": [job]})), "the very job goes on");
}

#[tokio::test]
async fn a_dead_job_says_why_and_comes_back_to_life() {
    let world = World::new().await;
    let (olga, ada) = (&world.olga, &world.ada);
    let update = recorded(&world, ada).await;
    world
        .server
        .write(async |tx| {
            let claimed = jobs::claim(tx, &["process_update"], Sources::Any, "w1", 60_000).await;
            let lease = claimed.unwrap().unwrap().lease;
            jobs::fail(tx, &lease, "the decoder gave up").await.unwrap();
        })
        .await;
    let dead = jobs_in(olga, "dead").await;
    assert_eq!(dead[0]["reason"], "the decoder gave up");
    assert_eq!(ada.get(&path(&update)).await.expect(200)["status"], "failed");
    assert_eq!(olga.post(&act(&dead[0], "retry"), json!({})).await.status, 202);
    assert_eq!(ada.get(&path(&update)).await.expect(200)["status"], "processing");
    let job = &jobs_in(olga, "queued").await[0];
    assert!(job["max_attempts"].as_i64() > job["attempt"].as_i64(), "{job}");
}

#[tokio::test]
async fn workers_what_waits_for_them_and_what_is_stored_are_told() {
    let world = World::new().await;
    let olga = &world.olga;
    recorded(&world, &world.ada).await;
    world.server.write(async |tx| workers::alive(tx, "w1", "0.1.0", 2, Some("base")).await.unwrap()).await;
    let told = olga.get("/api/v1/admin/workers").await.expect(200);
    assert_eq!(told["items"][0]["id"], "w1");
    assert_eq!((&told["items"][0]["alive"], &told["items"][0]["running_jobs"]), (&json!(true), &json!(0)));
    assert_eq!(
        (&told["queue"][0]["kind"], &told["queue"][0]["waiting"]),
        (&json!("process_update"), &json!(1))
    );

    let storage = olga.get("/api/v1/admin/storage").await.expect(200);
    let acme = storage["items"].as_array().unwrap().iter().find(|one| one["updates"] == 1).unwrap();
    assert_eq!(acme["workspace_id"], world.workspace.to_string());
    assert_eq!((&acme["original_bytes"], &acme["made_bytes"]), (&json!(9_000), &json!(0)));
    assert_eq!(storage["total_bytes"], 9_000);
}

#[tokio::test]
async fn the_audit_log_says_who_changed_what() {
    let world = World::new().await;
    let (olga, ada) = (&world.olga, &world.ada);
    let at = format!("/api/v1/workspaces/{}", world.workspace);
    let member = format!("{at}/members/{}", world.cleo.id);
    olga.patch(&member, json!({"role": "admin"})).await.expect(200);
    let hook = json!({"url": "https://hooks.example.org/T0/SECRET", "events": ["comment.created"]});
    olga.post(&format!("{at}/webhooks"), hook).await.expect(201);
    let update = world.text(ada, world.private, json!({"title": "Salaries"})).await;
    let link = json!({"password": "correct horse battery"});
    let link = ada.post(&format!("{}/share-links", path(&update)), link).await.expect(201);
    assert_eq!(ada.delete(&path(&update)).await.status, 204);

    let log = olga.get(&format!("{at}/audit-log")).await;
    for secret in ["SECRET", "Salaries", "horse", link["token"].as_str().unwrap()] {
        assert!(!log.text.contains(secret), "{}", log.text);
    }
    let log = log.expect(200);
    let actions: Vec<&str> =
        log["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["update.deleted", "share_link.made", "webhook.made", "member.role_changed"]);
    let role = &log["items"][3];
    assert_eq!(role["actor"]["display_name"], "Olga");
    assert_eq!((&role["details"]["from"], &role["details"]["to"]), (&json!("member"), &json!("admin")));

    let of_ada = olga.get(&format!("{at}/audit-log?actor_id={}", ada.id)).await.expect(200);
    assert_eq!(of_ada["items"].as_array().unwrap().len(), 2);
    let first = olga.get(&format!("{at}/audit-log?limit=2")).await.expect(200);
    let next = format!("{at}/audit-log?limit=2&cursor={}", first["next_cursor"].as_str().unwrap());
    assert_eq!(olga.get(&next).await.expect(200)["items"][0]["action"], "webhook.made");
    let members = olga.get(&format!("{at}/audit-log?action=member")).await.expect(200);
    assert_eq!(members["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn retention_rules_delete_what_is_old_and_spare_what_is_pinned() {
    let world = World::new().await;
    let server = &world.server;
    let (old, pinned) = (
        world.text(&world.ada, world.open, json!({})).await,
        world.text(&world.ada, world.open, json!({})).await,
    );
    let draft = world.text(&world.ben, world.open, json!({"publish": "draft"})).await;
    let pin = json!({"text": "", "pinned_update_ids": [pinned["id"]]});
    world.ada.put(&format!("/api/v1/teams/{}/agreement", world.open), pin).await.expect(200);
    let at = format!("/api/v1/workspaces/{}/retention", world.workspace);
    let none = world.olga.get(&at).await;
    let tag = none.etag();
    assert_eq!(none.expect(200)["delete_updates_after_days"], Value::Null);
    assert_eq!(retention::sweep(&server.state).await.unwrap(), 0);
    world.olga.put(&at, json!({"delete_updates_after_days": 0})).await.expect_problem(422, "invalid");
    let rules = json!({"delete_updates_after_days": 30, "delete_drafts_after_days": 7});
    let set = world.olga.put(&at, rules.clone()).await;
    assert_ne!(set.etag(), tag);
    assert_eq!(set.expect(200)["due_updates"], 0);

    server.set_clock("2026-12-20T00:00:00Z");
    let (olga, ada, ben) = (
        server.renewed(&world.olga).await,
        server.renewed(&world.ada).await,
        server.renewed(&world.ben).await,
    );
    let fresh = world.text(&ada, world.open, json!({})).await;
    assert_eq!(olga.get(&at).await.expect(200)["due_updates"], 2);
    assert_eq!(retention::sweep(&server.state).await.unwrap(), 2);
    assert_eq!(retention::sweep(&server.state).await.unwrap(), 0);
    for (who, update, status) in
        [(&ada, &old, 404), (&ada, &pinned, 200), (&ada, &fresh, 200), (&ben, &draft, 404)]
    {
        assert_eq!(who.get(&path(update)).await.status, status, "{update}");
    }
    // Like any deletion, it can be taken back within the grace time.
    ada.post(&format!("{}/restore", path(&old)), json!({})).await.expect(200);
    let log =
        olga.get(&format!("/api/v1/workspaces/{}/audit-log?action=update.deleted", world.workspace)).await;
    let log = log.expect(200);
    assert_eq!(log["items"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&log["items"][0]["actor"], &log["items"][0]["details"]["by"]),
        (&Value::Null, &json!("retention"))
    );
}

/// The files of an archive.
async fn archive(who: &Client, at: &str) -> Vec<(String, Vec<u8>)> {
    let answer = who.request(Method::GET, at).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/zip");
    let bytes = answer.bytes().await.unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = Vec::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        files.push((file.name().unwrap().into_owned(), content));
    }
    files
}

#[tokio::test]
async fn an_export_holds_what_its_maker_sees_and_nothing_else() {
    let world = World::new().await;
    let (olga, ada) = (&world.olga, &world.ada);
    let seen = world.text(ada, world.open, json!({"title": "../../Road map: Q3/Q4"})).await;
    world.text(ada, world.private, json!({"title": "Salaries"})).await;
    world.text(ada, world.open, json!({"title": "Unfinished", "publish": "draft"})).await;
    ada.post(&format!("{}/comments", path(&seen)), json!({"body": "When?", "kind": "question"}))
        .await
        .expect(201);
    let at = format!("/api/v1/workspaces/{}/exports", world.workspace);
    let made = olga.post(&at, json!({})).await.expect(202);
    let read = olga.get(&format!("/api/v1/exports/{}", made["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(read["state"], "ready");
    ada.get(&format!("/api/v1/exports/{}", made["id"].as_str().unwrap()))
        .await
        .expect_problem(404, "not_found");

    let address = read["download_url"].as_str().unwrap();
    let files = archive(&world.server.anonymous(), address).await;
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let folder = format!("Road map Q3 Q4 {}", seen["id"].as_str().unwrap());
    let of = |file: &str| {
        let found = files.iter().find(|(name, _)| name.ends_with(&format!("{folder}/{file}")));
        String::from_utf8(found.unwrap_or_else(|| panic!("{file} in {names:?}")).1.clone()).unwrap()
    };
    assert_eq!(of("body.md"), "Ship the *release* today.");
    assert!(of("comments.json").contains("When?"));
    assert!(of("update.json").contains("Road map"));
    assert!(names.iter().all(|name| !name.contains("..") && !name.starts_with('/')), "{names:?}");
    let all: Vec<u8> = files.iter().flat_map(|(_, content)| content.clone()).collect();
    let all = String::from_utf8_lossy(&all);
    assert!(!all.contains("Salaries") && !all.contains("Unfinished"), "what the owner does not see");
    let problems = files.iter().find(|(name, _)| name == "problems.json").unwrap();
    assert_eq!(problems.1, b"[]");

    // The address ends with the session that asked for it, and fits this export only.
    let other = olga.post(&at, json!({"with_media": false})).await.expect(202);
    let swapped = address.replace(made["id"].as_str().unwrap(), other["id"].as_str().unwrap());
    world.server.anonymous().get(&swapped).await.expect_problem(404, "not_found");
    let session = olga.get("/api/v1/me/sessions").await.expect(200)["items"][0]["id"].clone();
    olga.delete(&format!("/api/v1/me/sessions/{}", session.as_str().unwrap())).await;
    world.server.anonymous().get(address).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn an_export_holds_the_recording_and_names_one_that_is_lost() {
    let studio = Studio::whole().await;
    let world = studio.world();
    // Only who is in the private team sees the recording, and only owners and admins export.
    let promote = format!("/api/v1/workspaces/{}/members/{}", world.workspace, world.ada.id);
    world.olga.patch(&promote, json!({"role": "admin"})).await.expect(200);
    let at = format!("/api/v1/workspaces/{}/exports", world.workspace);
    let made = world.ada.post(&at, json!({})).await.expect(202);
    let address = made["download_url"].as_str().unwrap();
    let files = archive(&world.ada, address).await;
    let media = files.iter().find(|(name, _)| name.ends_with("/media.mp4")).unwrap();
    assert_eq!(media.1, studio.download(&world.ada).await);

    studio.lose_init("720p").await;
    let files = archive(&world.ada, address).await;
    assert!(!files.iter().any(|(name, _)| name.ends_with("/media.mp4")));
    let problems = files.iter().find(|(name, _)| name == "problems.json").unwrap();
    assert!(String::from_utf8_lossy(&problems.1).contains("media.mp4"));
}
