//! The harness itself: a server that answers, and refuses who has no token.

use crate::support::TestServer;

#[tokio::test]
async fn answers_and_knows_who_asks() {
    let server = TestServer::start().await;
    let nobody = server.anonymous();
    nobody.get("/readyz").await.expect(200);
    nobody.get("/api/v1/openapi.json").await.expect(200);
    let page = nobody.get("/api/docs").await;
    assert_eq!(
        (page.status, page.headers["content-type"].to_str().unwrap()),
        (200, "text/html; charset=utf-8")
    );
    assert_eq!(nobody.get("/api/docs/style.css").await.headers["content-type"], "text/css; charset=utf-8");
    let ada = server.user("Ada").await;
    assert_ne!(ada.token, server.user("Ada").await.token);
}

/// 37: the security headers are on pages, answers and refusals alike.
#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let server = TestServer::start().await;
    let nobody = server.anonymous();
    for (path, status) in [("/readyz", 200), ("/api/v1/me", 401), ("/api/v1/nothing", 404)] {
        let answer = nobody.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'self'") && policy.contains("object-src 'none'"), "{policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"), "{policy}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer", "{path}");
    }
}
