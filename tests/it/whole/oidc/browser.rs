//! As much of a browser as signing in takes: cookies, and redirects that one can stop at.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Method, Response, Url};

/// See the module. Server and provider are one host, so they share the cookies, as in a browser.
pub(super) struct Browser {
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(super) fn new() -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { http, cookies: BTreeMap::new() }
    }

    /// One request, without following where it leads.
    pub(super) async fn send(&mut self, method: Method, url: &str) -> Response {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = self.http.request(method, url).header(COOKIE, cookies.join("; ")).send().await.unwrap();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Follows redirects until one leads to an address that begins with `until`, which is not asked.
    pub(super) async fn follow(&mut self, url: &str, until: &str) -> String {
        let mut at = Url::parse(url).unwrap();
        for _ in 0..10 {
            let answer = self.send(Method::GET, at.as_str()).await;
            let status = answer.status();
            let Some(location) = answer.headers().get(LOCATION).cloned() else {
                panic!("{at}: {status} {}", answer.text().await.unwrap());
            };
            at = at.join(location.to_str().unwrap()).unwrap();
            if at.as_str().starts_with(until) {
                return at.into();
            }
        }
        panic!("redirects without an end: {at}");
    }
}
