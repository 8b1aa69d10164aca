//! The harness itself: a server that answers, and refuses who has no token.

use crate::support::TestServer;

#[tokio::test]
async fn answers_and_knows_who_asks() {
    let server = TestServer::start().await;
    let nobody = server.anonymous();
    nobody.get("/readyz").await.expect(200);
    nobody.get("/api/v1/openapi.json").await.expect(200);
    let ada = server.user("Ada").await;
    assert_ne!(ada.token, server.user("Ada").await.token);
}
