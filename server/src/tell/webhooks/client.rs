//! The client that reaches webhooks, as far as [`outgoing`] lets it. Nothing of what a webhook answers but its status is
//! read.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use meridian_config::Settings;
use meridian_domain::enums::WebhookFormat;
use meridian_store::repo::webhooks::Webhook;
use reqwest::redirect::{Attempt, Policy};
use url::Url;

use super::sign;
use crate::http::outgoing::{self, NOT_PUBLIC, Refused, Rules};
use crate::state::AppState;

const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(15);
/// The biggest text that is read, in bytes.
const TEXT_BYTES: usize = 1024 * 1024;
/// How many redirects are followed.
const REDIRECTS: usize = 3;

/// Whether a webhook may have this address, as far as can be told before its name is resolved.
///
/// # Errors
/// A sentence on why not.
pub fn check_url(settings: &Settings, text: &str) -> Result<(), &'static str> {
    let url = Url::parse(text).ok().ok_or("This is no address such as https://example.org/hook.")?;
    Rules::new(settings).check(&url)
}

/// Follows what keeps a POST a POST, to allowed addresses, and never from https to http.
fn redirect(rules: &Rules, attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let keeps = matches!(attempt.status().as_u16(), 307 | 308);
    let weaker = attempt.previous().last().is_some_and(|from| from.scheme() == "https")
        && attempt.url().scheme() != "https";
    if !keeps || weaker || attempt.previous().len() > REDIRECTS {
        return attempt.stop();
    }
    match rules.check(attempt.url()) {
        Ok(()) => attempt.follow(),
        Err(_) => attempt.error(Refused),
    }
}

/// How a delivery was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The status, if there was an answer.
    pub status: Option<u16>,
    /// Why there was none.
    pub error: Option<&'static str>,
    /// In milliseconds.
    pub took_ms: i64,
}

impl Answered {
    /// Whether the other side has it.
    pub fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// See the module.
#[derive(Clone)]
pub struct Client {
    rules: Rules,
    http: Option<reqwest::Client>,
}

impl Client {
    /// A client with the operator's rules.
    pub fn new(settings: &Settings) -> Self {
        let rules = Rules::new(settings);
        let for_redirects = rules.clone();
        let made = rules
            .client()
            .redirect(Policy::custom(move |attempt| redirect(&for_redirects, attempt)))
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .pool_max_idle_per_host(0)
            .build();
        let http = made.inspect_err(|error| tracing::error!(%error, "webhooks cannot be sent")).ok();
        Self { rules, http }
    }

    /// Sends a body; the signature is over these very bytes.
    pub(super) async fn post(
        &self,
        state: &AppState,
        hook: &Webhook,
        id: &str,
        now: Timestamp,
        body: Vec<u8>,
    ) -> Answered {
        let began = Instant::now();
        let done = self.try_post(state, hook, id, now, body).await;
        let took_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        match done {
            Ok(status) => Answered { status: Some(status), error: None, took_ms },
            Err(why) => Answered { status: None, error: Some(why), took_ms },
        }
    }

    /// Reads a text, of 1 MiB at most.
    ///
    /// # Errors
    /// Why it could not be read, in words.
    pub async fn get(&self, url: &str) -> Result<String, &'static str> {
        let http = self.http.as_ref().ok_or("The server cannot fetch it.")?;
        let url = Url::parse(url).ok().ok_or("The address cannot be read.")?;
        self.rules.check(&url)?;
        let answer = http.get(url).send().await.map_err(|error| words(&error))?;
        if !answer.status().is_success() {
            return Err("The other side did not answer with it.");
        }
        let all = outgoing::read(answer, TEXT_BYTES).await.map_err(|error| words(&error))?;
        let all = all.ok_or("It is bigger than 1 MiB.")?;
        String::from_utf8(all).ok().ok_or("It is no text.")
    }

    async fn try_post(
        &self,
        state: &AppState,
        hook: &Webhook,
        id: &str,
        now: Timestamp,
        body: Vec<u8>,
    ) -> Result<u16, &'static str> {
        let http = self.http.as_ref().ok_or("The server cannot send webhooks.")?;
        let url = Url::parse(&hook.url).ok().ok_or("The address cannot be read.")?;
        self.rules.check(&url)?;
        let mut request = http.post(url).header("content-type", "application/json");
        if hook.format == WebhookFormat::Standard {
            let at_s = now.as_second();
            request = request
                .header("webhook-id", id)
                .header("webhook-timestamp", at_s.to_string())
                .header("webhook-signature", sign::sign(&state.keys, hook, id, at_s, &body));
        }
        match request.body(body).send().await {
            // The body is not read.
            Ok(answer) => Ok(answer.status().as_u16()),
            Err(error) => Err(words(&error)),
        }
    }
}

/// Why there was no answer, in our own words: the other side's would tell about its network.
fn words(error: &reqwest::Error) -> &'static str {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(at) = cause {
        if at.is::<Refused>() {
            return NOT_PUBLIC;
        }
        cause = at.source();
    }
    if error.is_timeout() {
        "No answer came in time."
    } else if error.is_connect() {
        "No connection could be made."
    } else {
        "The connection broke off."
    }
}
