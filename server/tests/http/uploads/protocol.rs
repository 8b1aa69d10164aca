//! What stock clients rely on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use meridian_domain::enums::{PublishState, Scope, UpdateStatus, WorkspaceRole};
use meridian_domain::ids::UpdateId;
use meridian_store::repo::{credentials, processing, updates};
use reqwest::Method;
use sha1::Digest as _;

use super::{Desk, create, head, header, id, location, patch, tus, webm};
use crate::support::{Answer, Client, TestServer};

#[tokio::test]
async fn options_tell_what_is_spoken_and_need_no_token() {
    let server = TestServer::start().await;
    let nobody = server.anonymous();
    for path in ["/api/v1/uploads", "/api/v1/uploads/x"] {
        let told = Answer::of(nobody.request(Method::OPTIONS, path)).await;
        assert_eq!(told.status, 204);
        assert_eq!(header(&told, "tus-version"), "1.0.0");
        assert_eq!(header(&told, "tus-resumable"), "1.0.0");
        assert_eq!(header(&told, "tus-max-size"), (1 << 30).to_string());
        assert_eq!(header(&told, "tus-checksum-algorithm"), "sha1,sha256");
        for extension in [
            "creation",
            "creation-with-upload",
            "creation-defer-length",
            "checksum",
            "expiration",
            "termination",
        ] {
            assert!(header(&told, "tus-extension").split(',').any(|e| e == extension), "{extension}");
        }
    }
    let request = tus(&nobody, Method::POST, "/api/v1/uploads");
    Answer::of(request).await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_file_arrives_in_pieces_and_reads_as_one() {
    let desk = Desk::new().await;
    let file = webm(300_000);
    let request =
        desk.create("300000").header("upload-metadata", "filename YS53ZWJt,filetype dmlkZW8vd2VibQ==");
    let created = Answer::of(request).await;
    let at = location(&created);
    assert_eq!(header(&created, "meridian-update-id"), desk.update.to_string());
    assert!(header(&created, "upload-expires").ends_with("GMT"));
    assert_eq!(desk.status().await, UpdateStatus::AwaitingUpload);

    let mut offset = 0;
    for piece in file.chunks(100_000) {
        let sent = Answer::of(patch(&desk.ada, &at, offset, piece.to_vec())).await;
        assert_eq!(sent.status, 204, "{}", sent.text);
        offset += piece.len();
        assert_eq!(header(&sent, "upload-offset"), offset.to_string());
        assert_eq!(header(&sent, "tus-resumable"), "1.0.0");
        let now = head(&desk.ada, &at).await;
        assert_eq!((now.status, header(&now, "upload-offset")), (200, offset.to_string()));
        assert_eq!(header(&now, "upload-length"), "300000");
        assert_eq!(header(&now, "cache-control"), "no-store");
        assert_eq!(header(&now, "upload-metadata"), "filename YS53ZWJt,filetype dmlkZW8vd2VibQ==");
        let expected = if offset < 300_000 { UpdateStatus::Uploading } else { UpdateStatus::Processing };
        assert_eq!(desk.status().await, expected);
    }
    assert_eq!(desk.bytes(&at).await, file);
    let source = processing::source(desk.server.state.store.reader(), id(&at)).await.unwrap().unwrap();
    assert!(!source.arriving && !source.ended_early);
    // The last answer got lost: asking again shows the whole, sending again tells where it is.
    let again = Answer::of(patch(&desk.ada, &at, 200_000, file[200_000..].to_vec())).await;
    assert_eq!(header(&again, "upload-offset"), "300000");
    again.expect_problem(409, "offset_mismatch");
    assert_eq!(header(&head(&desk.ada, &at).await, "upload-offset"), "300000");
    assert_eq!(desk.bytes(&at).await, file);
}

#[tokio::test]
async fn a_stock_client_needs_one_endpoint_and_an_api_token() {
    let desk = Desk::new().await;
    let token = "mrd_upload-only";
    let hash = desk.server.state.keys.hash_token(token);
    desk.server
        .write(async |tx| {
            credentials::create_api_token(tx, desk.ada.id, "tus", &[Scope::Upload], &hash, None)
                .await
                .unwrap()
        })
        .await;
    let client = Client { token: token.to_owned(), ..desk.ada.clone() };
    let file = webm(70_000);
    let metadata = format!(
        "filename {},team_id {},title {},publish {}",
        STANDARD.encode("../../etc/passwd"),
        STANDARD.encode(desk.team.to_string()),
        STANDARD.encode("Grüße"),
        STANDARD.encode("draft"),
    );
    let created = Answer::of(
        tus(&client, Method::POST, "/api/v1/uploads")
            .header("upload-length", "70000")
            .header("upload-metadata", &metadata)
            .header("content-type", "application/offset+octet-stream")
            .body(file.clone()),
    )
    .await;
    let at = location(&created);
    assert_eq!(header(&created, "upload-offset"), "70000");
    let update: UpdateId = header(&created, "meridian-update-id").parse().unwrap();
    let row = updates::find_any(desk.server.state.store.reader(), update).await.unwrap().unwrap();
    assert_eq!((row.title.as_str(), row.publish_state), ("Grüße", PublishState::Draft));
    assert_eq!(row.status, UpdateStatus::Processing);
    assert_eq!(desk.bytes(&at).await, file);
    assert_eq!(head(&client, &at).await.status, 200);
    client.get("/api/v1/me").await.expect_problem(403, "scope_missing");
}

#[tokio::test]
async fn a_creation_that_cannot_be_is_refused() {
    let desk = Desk::new().await;
    let bob = desk.server.user("Bob").await;
    desk.server.add_member(desk.workspace, &bob, WorkspaceRole::Member).await;
    let stranger = desk.server.user("Eve").await;
    Answer::of(create(&bob, desk.update, "10")).await.expect_problem(403, "forbidden");
    Answer::of(create(&stranger, desk.update, "10")).await.expect_problem(404, "not_found");
    let missing = tus(&desk.ada, Method::POST, "/api/v1/uploads").header("upload-length", "1");
    Answer::of(missing).await.expect_problem(422, "invalid");
    let both = desk.create("1").header("upload-defer-length", "1");
    Answer::of(both).await.expect_problem(400, "bad_header");
    let large = desk.create(&((1_u64 << 30) + 1).to_string());
    Answer::of(large).await.expect_problem(413, "too_large");
    let path = format!("/api/v1/uploads?update_id={}", desk.update);
    let unversioned = desk.ada.request(Method::POST, &path).header("upload-length", "1");
    let refused = Answer::of(unversioned).await;
    assert_eq!(header(&refused, "tus-version"), "1.0.0");
    refused.expect_problem(412, "tus_version");
    for wrong in ["x", &UpdateId::new(desk.server.state.clock()).to_string()] {
        let path = format!("/api/v1/uploads?update_id={wrong}");
        let request = tus(&desk.ada, Method::POST, &path).header("upload-length", "1");
        Answer::of(request).await.expect_problem(404, "not_found");
    }
    let at = desk.begun("10").await;
    let second = Answer::of(desk.create("10")).await;
    assert_eq!(header(&second, "location"), at, "whose answer was lost finds the upload");
    second.expect_problem(409, "conflict");
}

#[tokio::test]
async fn a_recording_tells_its_length_at_the_end() {
    let desk = Desk::new().await;
    let file = webm(20_000);
    let at = desk.begun("deferred").await;
    assert_eq!(header(&head(&desk.ada, &at).await, "upload-defer-length"), "1");
    Answer::of(patch(&desk.ada, &at, 0, file[..12_000].to_vec())).await.expect(204);
    assert!(desk.row().await.live);
    Answer::of(patch(&desk.ada, &at, 12_000, file[12_000..].to_vec())).await.expect(204);
    let too_short = patch(&desk.ada, &at, 20_000, "").header("upload-length", "19999");
    Answer::of(too_short).await.expect_problem(413, "too_large");
    let end = patch(&desk.ada, &at, 20_000, "").header("upload-length", "20000");
    assert_eq!(header(&Answer::of(end).await, "upload-offset"), "20000");
    let now = head(&desk.ada, &at).await;
    assert_eq!(header(&now, "upload-length"), "20000");
    assert_eq!(desk.bytes(&at).await, file);
    let row = desk.row().await;
    assert_eq!((row.status, row.live), (UpdateStatus::Processing, false));
}

#[tokio::test]
async fn a_checksum_is_all_or_nothing() {
    let desk = Desk::new().await;
    let file = webm(9_000_000);
    let at = desk.begun("9000000").await;
    let sum = |kind: &str, bytes: &[u8]| match kind {
        "sha1" => format!("sha1 {}", STANDARD.encode(sha1::Sha1::digest(bytes))),
        _ => format!("sha256 {}", STANDARD.encode(sha2::Sha256::digest(bytes))),
    };
    let wrong = patch(&desk.ada, &at, 0, file.clone()).header("upload-checksum", sum("sha1", b"else"));
    let refused = Answer::of(wrong).await;
    assert_eq!((refused.status, refused.json["code"].as_str()), (460, Some("checksum_mismatch")));
    assert_eq!(header(&head(&desk.ada, &at).await, "upload-offset"), "0");
    assert_eq!(desk.objects(&at).await, 0);
    assert_eq!(desk.status().await, UpdateStatus::AwaitingUpload);
    for unknown in ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha1 x", "sha1"] {
        let request = patch(&desk.ada, &at, 0, "x").header("upload-checksum", unknown);
        Answer::of(request).await.expect_problem(400, "bad_header");
    }
    let first = &file[..8_500_000];
    let right = patch(&desk.ada, &at, 0, first.to_vec()).header("upload-checksum", sum("sha1", first));
    Answer::of(right).await.expect(204);
    let rest = &file[8_500_000..];
    let right =
        patch(&desk.ada, &at, 8_500_000, rest.to_vec()).header("upload-checksum", sum("sha256", rest));
    Answer::of(right).await.expect(204);
    assert_eq!(desk.bytes(&at).await, file);
}

#[tokio::test]
async fn of_eight_clients_at_one_offset_one_wins() {
    let desk = Desk::new().await;
    let size = 600_000;
    let at = desk.begun(&(size * 2).to_string()).await;
    for offset in [0, size] {
        let sending = (0..8_u8).map(|n| {
            let mut bytes = webm(size);
            bytes[20..].fill(n);
            Answer::of(patch(&desk.ada, &at, offset, bytes))
        });
        let answers = futures::future::join_all(sending).await;
        let won: Vec<usize> = (0..8).filter(|n| answers[*n].status == 204).collect();
        assert_eq!(won.len(), 1, "{answers:?}");
        assert!(answers.iter().all(|a| matches!(a.status, 204 | 409 | 423)), "{answers:?}");
        let kept = desk.bytes(&at).await;
        assert_eq!(kept.len(), offset + size);
        let winner = u8::try_from(won[0]).unwrap();
        assert!(kept[offset + 20..].iter().all(|b| *b == winner), "bytes of several clients");
    }
}
