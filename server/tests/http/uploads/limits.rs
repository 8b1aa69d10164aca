//! Ends: of time, of tokens, of room.

use meridian_domain::enums::UpdateStatus;
use meridian_store::repo::{teams, updates, workspaces};
use reqwest::Method;

use super::{Desk, create, head, header, location, new_update, patch, tus, webm};
use crate::support::{Answer, Client, TestServer};

#[tokio::test]
async fn an_upload_taken_back_leaves_room_for_another() {
    let desk = Desk::new().await;
    let at = desk.begun("1000000").await;
    Answer::of(patch(&desk.ada, &at, 0, webm(100_000))).await.expect(204);
    assert_eq!(desk.status().await, UpdateStatus::Uploading);
    Answer::of(tus(&desk.ada, Method::DELETE, &at)).await.expect(204);
    assert_eq!(head(&desk.ada, &at).await.status, 404);
    assert_eq!(Answer::of(tus(&desk.ada, Method::DELETE, &at)).await.status, 404);
    assert_eq!(desk.objects(&at).await, 0);
    assert_eq!(desk.status().await, UpdateStatus::AwaitingUpload);
    let again = desk.begun("5000").await;
    Answer::of(patch(&desk.ada, &again, 0, webm(5000))).await.expect(204);
    assert_eq!(desk.status().await, UpdateStatus::Processing);
    Answer::of(tus(&desk.ada, Method::DELETE, &again)).await.expect_problem(409, "conflict");
}

#[tokio::test]
async fn what_is_out_of_time_ends() {
    let desk = Desk::new().await;
    let empty = desk.begun("1000").await;
    let other = new_update(&desk.server, &desk.ada, desk.team).await;
    let partial = location(&Answer::of(create(&desk.ada, other, "100000")).await);
    Answer::of(patch(&desk.ada, &partial, 0, webm(9_000))).await.expect(204);
    let live = new_update(&desk.server, &desk.ada, desk.team).await;
    let recording = location(&Answer::of(create(&desk.ada, live, "deferred")).await);
    Answer::of(patch(&desk.ada, &recording, 0, webm(9_000))).await.expect(204);
    let sweep = async || meridian_server::endpoints::uploads::sweep::once(&desk.server.state).await.unwrap();
    desk.server.set_clock("2026-11-09T08:59:00Z");
    assert_eq!(sweep().await, 0);
    desk.server.set_clock("2026-11-09T09:01:00Z");
    assert_eq!(sweep().await, 3);

    let ada = renewed(&desk);
    for at in [&empty, &partial, &recording] {
        assert_eq!(head(&ada, at).await.status, 410);
    }
    assert_eq!((desk.objects(&empty).await, desk.objects(&partial).await), (0, 0));
    assert_eq!(desk.bytes(&recording).await, webm(9_000));
    let reader = desk.server.state.store.reader();
    let code = async |id| updates::find_any(reader, id).await.unwrap().unwrap().failure_code;
    assert_eq!(code(desk.update).await.as_deref(), Some("never_uploaded"));
    assert_eq!(code(other).await.as_deref(), Some("upload_incomplete"));
    assert_eq!(code(live).await, None);
}

/// The same person with a token of the clock's now.
fn renewed(desk: &Desk) -> Client {
    let state = &desk.server.state;
    let now_s = state.clock().now_ms() / 1000;
    let claims =
        meridian_server::auth::tokens::check(&state.keys, &desk.ada.token, now_s - 7 * 86_400).unwrap();
    let token = meridian_server::auth::tokens::issue(&state.keys, claims.sub, claims.sid, now_s).unwrap();
    Client { token, ..desk.ada.clone() }
}

#[tokio::test]
async fn an_expired_token_ends_no_upload() {
    let desk = Desk::new().await;
    let at = desk.begun("10000").await;
    Answer::of(patch(&desk.ada, &at, 0, webm(5_000))).await.expect(204);
    desk.server.set_clock("2026-11-02T10:00:00Z");
    assert_eq!(head(&desk.ada, &at).await.status, 401);
    let state = &desk.server.state;
    let now_s = state.clock().now_ms() / 1000;
    let claims = meridian_server::auth::tokens::check(&state.keys, &desk.ada.token, now_s - 3_600).unwrap();
    let token = meridian_server::auth::tokens::issue(&state.keys, claims.sub, claims.sid, now_s).unwrap();
    let ada = Client { token, ..desk.ada.clone() };
    Answer::of(patch(&ada, &at, 5_000, webm(10_000)[5_000..].to_vec())).await.expect(204);
    assert_eq!(desk.bytes(&at).await, webm(10_000));
}

#[tokio::test]
async fn the_quota_holds_under_many_creations_at_once() {
    let desk = Desk::new().await;
    let quota = async |bytes| {
        desk.server
            .write(async |tx| {
                workspaces::update(tx, desk.workspace, None, Some(Some(bytes)), None).await.unwrap();
            })
            .await;
    };
    quota(10_000).await;
    let mut targets = Vec::new();
    for _ in 0..50 {
        targets.push(new_update(&desk.server, &desk.ada, desk.team).await);
    }
    let creating = targets.iter().map(|update| Answer::of(create(&desk.ada, *update, "1000")));
    let answers = futures::future::join_all(creating).await;
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 10);
    let refused = answers.iter().filter(|a| a.json["code"] == "quota_exceeded" && a.status == 413);
    assert_eq!(refused.count(), 40);
    // What is taken back counts no more, and a recording counts as it grows.
    let first = answers.iter().find(|a| a.status == 201).unwrap();
    Answer::of(tus(&desk.ada, Method::DELETE, &location(first))).await.expect(204);
    let at = desk.begun("deferred").await;
    Answer::of(patch(&desk.ada, &at, 0, webm(600))).await.expect(204);
    Answer::of(patch(&desk.ada, &at, 600, webm(600))).await.expect_problem(413, "quota_exceeded");
    assert_eq!(header(&head(&desk.ada, &at).await, "upload-offset"), "600");
    assert_eq!(desk.objects(&at).await, 1);
}

#[tokio::test]
async fn the_right_is_asked_for_again_at_the_end() {
    let desk = Desk::new().await;
    let at = desk.begun("10000").await;
    Answer::of(patch(&desk.ada, &at, 0, webm(5_000))).await.expect(204);
    desk.server.write(async |tx| teams::remove_member(tx, desk.team, desk.ada.id).await.unwrap()).await;
    let last = patch(&desk.ada, &at, 5_000, webm(10_000)[5_000..].to_vec());
    Answer::of(last).await.expect_problem(403, "forbidden");
    assert_eq!(header(&head(&desk.ada, &at).await, "upload-offset"), "5000");
    assert_eq!(desk.status().await, UpdateStatus::Uploading);
}

/// A small file system of its own, unmounted when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` where one may not mount.
    fn mount(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder.path())
            .output();
        mounted.is_ok_and(|out| out.status.success()).then_some(Self(folder))
    }

    fn grow(&self, size: &str) {
        let options = format!("remount,size={size}");
        let grown = std::process::Command::new("mount").args(["-o", &options]).arg(self.0.path()).status();
        assert!(grown.unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(std::process::Command::new("umount").arg(self.0.path()).status());
    }
}

#[tokio::test]
async fn a_full_disk_refuses_and_goes_on_when_there_is_room() {
    let Some(mounted) = SmallDisk::mount("3m") else {
        eprintln!("skipped: mounting a small file system is not allowed here");
        return;
    };
    let objects = format!("file://{}/objects", mounted.0.path().display());
    let server = TestServer::start_with(|settings| settings.store_url = objects).await;
    let desk = Desk::with(server).await;
    let file = webm(6_000_000);
    let at = desk.begun("6000000").await;
    Answer::of(patch(&desk.ada, &at, 0, file[..1_000_000].to_vec())).await.expect(204);
    let rest = file[1_000_000..].to_vec();
    Answer::of(patch(&desk.ada, &at, 1_000_000, rest.clone())).await.expect_problem(507, "no_space");
    assert_eq!(header(&head(&desk.ada, &at).await, "upload-offset"), "1000000");
    assert_eq!(desk.objects(&at).await, 1);
    desk.ada.get("/api/v1/me").await.expect(200);
    // What failed takes no room: a small part still fits.
    Answer::of(patch(&desk.ada, &at, 1_000_000, rest[..1_000_000].to_vec())).await.expect(204);
    mounted.grow("16m");
    Answer::of(patch(&desk.ada, &at, 2_000_000, rest[1_000_000..].to_vec())).await.expect(204);
    assert_eq!(desk.bytes(&at).await, file);
    // Ending an upload works on a full disk too.
    let other = new_update(&desk.server, &desk.ada, desk.team).await;
    let second = location(&Answer::of(create(&desk.ada, other, "20000000")).await);
    Answer::of(patch(&desk.ada, &second, 0, webm(9_000_000))).await.expect(204);
    Answer::of(patch(&desk.ada, &second, 9_000_000, webm(9_000_000))).await.expect_problem(507, "no_space");
    Answer::of(tus(&desk.ada, Method::DELETE, &second)).await.expect(204);
    assert_eq!(desk.objects(&second).await, 0);
}
