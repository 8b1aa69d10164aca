//! The client that reaches webhooks. Where it may connect is decided on the very addresses that it connects to, after
//! names were resolved and on each redirect: only the public internet, and what the operator allows. Nothing of what a
//! webhook answers but its status is read.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use meridian_config::Settings;
use meridian_domain::egress;
use meridian_domain::enums::WebhookFormat;
use meridian_store::repo::webhooks::Webhook;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::{Attempt, Policy};
use url::{Host, Url};

use super::sign;
use crate::state::AppState;

const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(15);
/// The biggest text that is read, in bytes.
const TEXT_BYTES: usize = 1024 * 1024;
/// How many redirects are followed.
const REDIRECTS: usize = 3;

/// Where webhooks may go.
#[derive(Clone, Debug)]
struct Rules(Arc<Vec<ipnet::IpNet>>);

impl Rules {
    fn new(settings: &Settings) -> Self {
        let network =
            |text: &String| text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(ipnet::IpNet::from));
        Self(Arc::new(settings.webhook_allow.iter().filter_map(network).collect()))
    }

    fn allows(&self, ip: IpAddr) -> bool {
        egress::is_public(ip) || self.0.iter().any(|network| network.contains(&ip.to_canonical()))
    }

    /// The address where it is one; names are judged when they are resolved.
    fn check(&self, url: &Url) -> Result<(), &'static str> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err("Only http and https are spoken.");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("An address with a password in it is not taken.");
        }
        let allowed = match url.host() {
            None => return Err("The address has no host."),
            Some(Host::Domain(_)) => true,
            Some(Host::Ipv4(ip)) => self.allows(ip.into()),
            Some(Host::Ipv6(ip)) => self.allows(ip.into()),
        };
        if allowed { Ok(()) } else { Err(NOT_PUBLIC) }
    }
}

const NOT_PUBLIC: &str = "The address is not on the public internet, and the operator does not allow it.";

/// Whether a webhook may have this address, as far as can be told before its name is resolved.
///
/// # Errors
/// A sentence on why not.
pub fn check_url(settings: &Settings, text: &str) -> Result<(), &'static str> {
    let url = Url::parse(text).ok().ok_or("This is no address such as https://example.org/hook.")?;
    Rules::new(settings).check(&url)
}

/// Resolves names and drops what is not allowed.
struct Guarded(Rules);

/// No address of a name is allowed.
#[derive(Debug, thiserror::Error)]
#[error("no address of this name may be reached")]
struct Refused;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let rules = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            // One that is not allowed spoils them all: a name that stands for both is made to confuse.
            let found: Vec<SocketAddr> = found.collect();
            if found.is_empty() || found.iter().any(|address| !rules.allows(address.ip())) {
                return Err(Refused.into());
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
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
        // Fails where another part of the process was faster, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let rules = Rules::new(settings);
        let for_redirects = rules.clone();
        let made = reqwest::Client::builder()
            .no_proxy()
            .dns_resolver(Arc::new(Guarded(rules.clone())))
            .redirect(Policy::custom(move |attempt| redirect(&for_redirects, attempt)))
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .pool_max_idle_per_host(0)
            .user_agent(concat!("Meridian/", env!("CARGO_PKG_VERSION")))
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
        let mut answer = http.get(url).send().await.map_err(|error| words(&error))?;
        if !answer.status().is_success() {
            return Err("The other side did not answer with it.");
        }
        let mut all = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| words(&error))? {
            all.extend_from_slice(&piece);
            if all.len() > TEXT_BYTES {
                return Err("It is bigger than 1 MiB.");
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(allowed: &[&str]) -> Rules {
        Rules(Arc::new(allowed.iter().map(|text| text.parse().unwrap()).collect()))
    }

    #[test]
    fn private_addresses_are_refused_however_they_are_written() {
        for text in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://0/",
            "http://10.0.0.1:8080/x",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://169.254.169.254/latest",
            "https://192.168.0.1/",
            "ftp://8.8.8.8/",
            "file:///etc/passwd",
            "http://user:pass@8.8.8.8/",
            "http://①②⑦.⓪.⓪.①/",
        ] {
            let url = Url::parse(text).unwrap();
            assert!(rules(&[]).check(&url).is_err(), "{text}");
        }
        assert!(rules(&[]).check(&Url::parse("https://8.8.8.8/hook").unwrap()).is_ok());
    }

    #[test]
    fn the_operator_may_allow_a_range() {
        let own = rules(&["10.1.0.0/16"]);
        assert!(own.check(&Url::parse("http://10.1.2.3/").unwrap()).is_ok());
        assert!(own.check(&Url::parse("http://[::ffff:10.1.2.3]/").unwrap()).is_ok());
        assert!(own.check(&Url::parse("http://10.2.0.1/").unwrap()).is_err());
    }

    #[tokio::test]
    async fn a_name_that_stands_for_loopback_is_refused_when_it_is_resolved() {
        let refused = Guarded(rules(&[])).resolve("localhost".parse().unwrap()).await;
        assert!(refused.is_err_and(|error| error.is::<Refused>()));
        let allowed = Guarded(rules(&["127.0.0.0/8", "::1/128"])).resolve("localhost".parse().unwrap()).await;
        assert!(allowed.is_ok());
    }
}
