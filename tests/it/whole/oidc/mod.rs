//! Signing in by an OpenID Connect provider: the server, a real provider, and browsers that follow redirects.

mod browser;
mod people;
mod provider;
mod refused;

use reqwest::Method;
use serde_json::{Value, json};

use super::instance::Instance;
use browser::Browser;
use provider::Provider;

/// An instance with a provider.
struct World {
    instance: Instance,
    provider: Provider,
}

impl World {
    async fn new() -> Self {
        let mut provider = Provider::start();
        let secret = provider.folder().join("secret");
        std::fs::write(&secret, format!("{}\n", provider::SECRET)).unwrap();
        let instance = Instance::start_set(vec![
            ("MERIDIAN_EMBEDDED_WORKERS", "0".to_owned()),
            ("MERIDIAN_OIDC_ISSUER", provider.issuer.clone()),
            ("MERIDIAN_OIDC_CLIENT_ID", "meridian".to_owned()),
            ("MERIDIAN_OIDC_CLIENT_SECRET_FILE", secret.to_str().unwrap().to_owned()),
            ("MERIDIAN_OIDC_LABEL", "Acme".to_owned()),
            ("MERIDIAN_OIDC_DOMAINS", "example.org".to_owned()),
        ])
        .await;
        provider.tell(&json!({"redirect": format!("{}/api/v1/auth/oidc/callback", instance.base)}));
        Self { instance, provider }
    }

    fn start(&self, query: &str) -> String {
        format!("{}/api/v1/auth/oidc/start?{query}", self.instance.base)
    }

    /// As far as the address that the provider sends the browser back to.
    async fn to_callback(&self, browser: &mut Browser, query: &str) -> String {
        browser.follow(&self.start(query), &format!("{}/api/v1/auth/oidc/callback", self.instance.base)).await
    }

    /// The whole way; where the browser ends, without the instance's origin.
    async fn sign_in(&self, browser: &mut Browser, query: &str) -> String {
        let callback = self.to_callback(browser, query).await;
        self.end(browser, &callback).await
    }

    /// From an address of the callback on.
    async fn end(&self, browser: &mut Browser, callback: &str) -> String {
        let answer = browser.send(Method::GET, callback).await;
        assert_eq!(answer.status(), 302);
        let location = answer.headers()["location"].to_str().unwrap();
        location.strip_prefix(&self.instance.base).expect("it stays on this origin").to_owned()
    }

    /// Who is signed in in a browser.
    async fn me(&self, browser: &mut Browser) -> Option<Value> {
        let address = format!("{}/api/v1/auth/refresh", self.instance.base);
        let answer = browser.send(Method::POST, &address).await;
        if answer.status() == 401 {
            return None;
        }
        assert_eq!(answer.status(), 200);
        Some(answer.json().await.unwrap())
    }
}
