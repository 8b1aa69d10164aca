//! Workspaces, members, invitations, teams.

use meridian_domain::enums::{TeamRole, TeamVisibility, WorkspaceRole};
use serde_json::json;

use crate::support::TestServer;

#[tokio::test]
async fn an_invitation_works_once_and_joins_its_teams() {
    let server = TestServer::start().await;
    let ada = server.user("Ada").await;
    let workspace = server.workspace(&ada).await;
    let team = server.team(workspace, TeamVisibility::Private, &ada).await;
    let invites = format!("/api/v1/workspaces/{workspace}/invites");
    let made = ada.post(&invites, json!({"role": "member", "team_ids": [team]})).await.expect(201);
    let token = made["token"].as_str().unwrap();
    assert_eq!(made["url"], format!("http://127.0.0.1:8080/invite/{token}"));
    let seen = server.anonymous().get(&format!("/api/v1/invites/{token}")).await.expect(200);
    assert_eq!(seen["workspace_name"], "Acme");
    let body = json!({"email": "ben@example.org", "password": "correct horse", "display_name": "Ben",
        "time_zone": "Asia/Tokyo", "invite_token": token});
    let joined = server.anonymous().post("/api/v1/auth/signup", body.clone()).await.expect(201);
    assert_eq!(joined["workspace"]["role"], "member");
    let ben = crate::support::Client {
        token: joined["access_token"].as_str().unwrap().to_owned(),
        ..server.anonymous()
    };
    ben.get(&format!("/api/v1/teams/{team}")).await.expect(200);
    let mut again = body;
    again["email"] = json!("cem@example.org");
    server.anonymous().post("/api/v1/auth/signup", again).await.expect_problem(422, "invalid");
    server.anonymous().get(&format!("/api/v1/invites/{token}")).await.expect_problem(404, "not_found");
}

/// 14: 20 accepts at once make one member; an invitation for another address is refused.
#[tokio::test]
async fn an_invitation_accepted_by_many_makes_one_member() {
    let server = TestServer::start().await;
    let ada = server.user("Ada").await;
    let workspace = server.workspace(&ada).await;
    let invites = format!("/api/v1/workspaces/{workspace}/invites");
    let made = ada.post(&invites, json!({"role": "member"})).await.expect(201);
    let accept = format!("/api/v1/invites/{}/accept", made["token"].as_str().unwrap());
    let mut people = Vec::new();
    for number in 0..20 {
        people.push(server.user(&format!("P{number}")).await);
    }
    let answers = futures::future::join_all(people.iter().map(|p| p.post(&accept, json!({})))).await;
    assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 1);
    assert!(answers.iter().all(|a| a.status == 200 || a.status == 404));
    let members = ada.get(&format!("/api/v1/workspaces/{workspace}/members")).await.expect(200);
    assert_eq!(members["items"].as_array().unwrap().len(), 2);
    let bound = ada.post(&invites, json!({"role": "member", "email": "zoe@example.org"})).await.expect(201);
    let accept = format!("/api/v1/invites/{}/accept", bound["token"].as_str().unwrap());
    people[0].post(&accept, json!({})).await.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn invitations_can_be_called_back_and_end_by_themselves() {
    let server = TestServer::start().await;
    let ada = server.user("Ada").await;
    let workspace = server.workspace(&ada).await;
    let invites = format!("/api/v1/workspaces/{workspace}/invites");
    let made = ada.post(&invites, json!({"role": "guest"})).await.expect(201);
    let (id, token) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    assert_eq!(ada.get(&invites).await.expect(200)["items"].as_array().unwrap().len(), 1);
    assert_eq!(ada.delete(&format!("{invites}/{id}")).await.status, 204);
    server.anonymous().get(&format!("/api/v1/invites/{token}")).await.expect_problem(404, "not_found");
    let made = ada.post(&invites, json!({"role": "guest"})).await.expect(201);
    server.set_clock("2026-11-09T10:00:00Z");
    let path = format!("/api/v1/invites/{}", made["token"].as_str().unwrap());
    server.anonymous().get(&path).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn roles_bound_what_members_do() {
    let server = TestServer::start().await;
    let (owner, admin, member, guest, outsider) = (
        server.user("Owner").await,
        server.user("Admin").await,
        server.user("Member").await,
        server.user("Guest").await,
        server.user("Outsider").await,
    );
    let workspace = server.workspace(&owner).await;
    server.add_member(workspace, &admin, WorkspaceRole::Admin).await;
    server.add_member(workspace, &member, WorkspaceRole::Member).await;
    server.add_member(workspace, &guest, WorkspaceRole::Guest).await;
    let at = |tail: &str| format!("/api/v1/workspaces/{workspace}{tail}");
    let everybody = [&owner, &admin, &member, &guest, &outsider];
    for (path, expected) in [
        ("", [200, 200, 200, 200, 404]),
        ("/members", [200, 200, 200, 403, 404]),
        ("/invites", [200, 200, 403, 403, 404]),
        ("/teams", [200, 200, 200, 200, 404]),
    ] {
        for (who, status) in everybody.iter().zip(expected) {
            assert_eq!(who.get(&at(path)).await.status, status, "GET {path}");
        }
    }
    for (path, body, expected) in [
        ("/teams", json!({"name": "T"}), [201, 201, 201, 403, 404]),
        ("/invites", json!({"role": "member"}), [201, 201, 403, 403, 404]),
        ("/invites", json!({"role": "owner"}), [201, 403, 403, 403, 404]),
    ] {
        for (who, status) in everybody.iter().zip(expected) {
            assert_eq!(who.post(&at(path), body.clone()).await.status, status, "POST {path} {body}");
        }
    }
    let of = |who: &crate::support::Client| at(&format!("/members/{}", who.id));
    admin.patch(&of(&member), json!({"role": "owner"})).await.expect_problem(403, "forbidden");
    admin.patch(&of(&owner), json!({"role": "member"})).await.expect_problem(403, "forbidden");
    owner.patch(&of(&owner), json!({"role": "member"})).await.expect_problem(409, "last_owner");
    admin.patch(&of(&member), json!({"role": "admin"})).await.expect(200);
    admin.patch(&of(&outsider), json!({"role": "admin"})).await.expect_problem(404, "not_found");
    guest.delete(&of(&member)).await.expect_problem(403, "forbidden");
    assert_eq!(guest.delete(&of(&guest)).await.status, 204);
    guest.get(&at("")).await.expect_problem(404, "not_found");
    owner.delete(&of(&owner)).await.expect_problem(409, "last_owner");
}

#[tokio::test]
async fn teams_are_seen_joined_and_managed_as_the_table_says() {
    let server = TestServer::start().await;
    let (owner, lead, member, guest) = (
        server.user("Owner").await,
        server.user("Lead").await,
        server.user("Member").await,
        server.user("Guest").await,
    );
    let workspace = server.workspace(&owner).await;
    server.add_member(workspace, &lead, WorkspaceRole::Member).await;
    server.add_member(workspace, &member, WorkspaceRole::Member).await;
    server.add_member(workspace, &guest, WorkspaceRole::Guest).await;
    let open = server.team(workspace, TeamVisibility::Open, &lead).await;
    let private = server.team(workspace, TeamVisibility::Private, &lead).await;
    for (team, expected) in [(open, [200, 200, 200, 404]), (private, [200, 200, 404, 404])] {
        for (who, status) in [&owner, &lead, &member, &guest].iter().zip(expected) {
            assert_eq!(who.get(&format!("/api/v1/teams/{team}")).await.status, status);
        }
    }
    let put = |team, who: &crate::support::Client| format!("/api/v1/teams/{team}/members/{}", who.id);
    assert_eq!(member.put(&put(open, &member), json!({})).await.status, 204);
    member.put(&put(private, &member), json!({})).await.expect_problem(404, "not_found");
    guest.put(&put(open, &guest), json!({})).await.expect_problem(404, "not_found");
    owner.put(&put(private, &owner), json!({})).await.expect_problem(403, "forbidden");
    member.put(&put(open, &member), json!({"role": "admin"})).await.expect_problem(403, "forbidden");
    assert_eq!(lead.put(&put(open, &guest), json!({})).await.status, 204);
    guest.get(&format!("/api/v1/teams/{open}")).await.expect(200);
    server.join(private, &guest, TeamRole::Member).await;
    let listed = guest.get(&format!("/api/v1/workspaces/{workspace}/teams")).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    let glossary = format!("/api/v1/teams/{private}/glossary");
    assert_eq!(
        guest.put(&glossary, json!({"terms": ["Ferrywise", "Ferrywise"]})).await.expect(200)["terms"],
        json!(["Ferrywise"])
    );
    owner.get(&glossary).await.expect_problem(404, "not_found");
    let agreement = format!("/api/v1/teams/{private}/agreement");
    assert_eq!(guest.get(&agreement).await.expect(200)["reply_within_working_hours"], 8);
    guest.put(&agreement, json!({"text": "x"})).await.expect_problem(403, "forbidden");
    lead.put(&agreement, json!({"text": "x", "call_url": "javascript:alert(1)"}))
        .await
        .expect_problem(422, "invalid");
    lead.put(&agreement, json!({"text": "x", "urgent_contact": guest.id})).await.expect(200);
    assert_eq!(lead.delete(&format!("/api/v1/teams/{open}")).await.status, 204);
    member.get(&format!("/api/v1/teams/{open}")).await.expect_problem(404, "not_found");
}

/// 33: limits and cursors outside their range are 400.
#[tokio::test]
async fn odd_limits_and_cursors_are_refused() {
    let server = TestServer::start().await;
    let ada = server.user("Ada").await;
    let workspace = server.workspace(&ada).await;
    for number in 0..3 {
        let who = server.user(&format!("M{number}")).await;
        server.add_member(workspace, &who, WorkspaceRole::Member).await;
    }
    let members = format!("/api/v1/workspaces/{workspace}/members");
    for query in [
        "limit=0",
        "limit=-1",
        "limit=101",
        "limit=9223372036854775808",
        "limit=x",
        "cursor=%00",
        "cursor=AAAA",
    ] {
        assert_eq!(ada.get(&format!("{members}?{query}")).await.status, 400, "{query}");
    }
    let first = ada.get(&format!("{members}?limit=3")).await.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = ada.get(&format!("{members}?limit=3&cursor={cursor}")).await.expect(200);
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert!(second["next_cursor"].is_null());
}
