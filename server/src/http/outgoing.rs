//! Where the server may be sent: the public internet, and what the operator allows. That is decided on the very
//! addresses that it connects to, after names were resolved and on each redirect.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use meridian_config::Settings;
use meridian_domain::egress;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Which addresses may be reached.
#[derive(Clone, Debug)]
pub struct Rules {
    networks: Arc<Vec<ipnet::IpNet>>,
    named: Option<Arc<str>>,
}

impl Rules {
    /// The operator's rules.
    pub fn new(settings: &Settings) -> Self {
        let network =
            |text: &String| text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(ipnet::IpNet::from));
        Self { networks: Arc::new(settings.webhook_allow.iter().filter_map(network).collect()), named: None }
    }

    /// The same with one host that the operator named in the settings, wherever it is.
    #[must_use]
    pub fn naming(self, url: &Url) -> Self {
        Self { named: url.host_str().map(Arc::from), ..self }
    }

    fn allows(&self, ip: IpAddr) -> bool {
        egress::is_public(ip) || self.networks.iter().any(|network| network.contains(&ip.to_canonical()))
    }

    fn names(&self, host: &str) -> bool {
        self.named.as_deref().is_some_and(|named| named.eq_ignore_ascii_case(host))
    }

    /// The address where it is one; names are judged when they are resolved.
    ///
    /// # Errors
    /// A sentence on why not.
    pub fn check(&self, url: &Url) -> Result<(), &'static str> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err("Only http and https are spoken.");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("An address with a password in it is not taken.");
        }
        let allowed = match url.host() {
            None => return Err("The address has no host."),
            Some(host) if self.names(&host.to_string()) => true,
            Some(Host::Domain(_)) => true,
            Some(Host::Ipv4(ip)) => self.allows(ip.into()),
            Some(Host::Ipv6(ip)) => self.allows(ip.into()),
        };
        if allowed { Ok(()) } else { Err(NOT_PUBLIC) }
    }

    /// A client that keeps to these rules when it resolves names, whatever the environment says of proxies.
    pub fn client(&self) -> reqwest::ClientBuilder {
        client().no_proxy().dns_resolver(Arc::new(Guarded(self.clone())))
    }
}

/// What every client of this server begins with: its name, TLS by ring, and no redirect that nobody judged.
pub fn client() -> reqwest::ClientBuilder {
    // Of the whole process: fails where another part was faster, which is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("Meridian/", env!("CARGO_PKG_VERSION")))
}

/// Why an address was not reached.
pub const NOT_PUBLIC: &str = "The address is not on the public internet, and the operator does not allow it.";

/// Resolves names and drops what is not allowed.
struct Guarded(Rules);

/// No address of a name is allowed.
#[derive(Debug, thiserror::Error)]
#[error("no address of this name may be reached")]
pub struct Refused;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let rules = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            // One that is not allowed spoils them all: a name that stands for both is made to confuse.
            let found: Vec<SocketAddr> = found.collect();
            let refused =
                !rules.names(name.as_str()) && found.iter().any(|address| !rules.allows(address.ip()));
            if found.is_empty() || refused {
                return Err(Refused.into());
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

/// Reads an answer's body, of so many bytes at most; `None`: it is bigger.
///
/// # Errors
/// The connection broke off.
pub async fn read(mut answer: reqwest::Response, most: usize) -> reqwest::Result<Option<Vec<u8>>> {
    let mut all = Vec::new();
    while let Some(piece) = answer.chunk().await? {
        all.extend_from_slice(&piece);
        if all.len() > most {
            return Ok(None);
        }
    }
    Ok(Some(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(allowed: &[&str]) -> Rules {
        Rules { networks: Arc::new(allowed.iter().map(|text| text.parse().unwrap()).collect()), named: None }
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

    #[test]
    fn a_host_that_the_operator_named_is_reached_and_no_other_beside_it() {
        let named = rules(&[]).naming(&Url::parse("http://10.1.2.3:4000/").unwrap());
        assert!(named.check(&Url::parse("http://10.1.2.3/keys").unwrap()).is_ok());
        assert!(named.check(&Url::parse("http://10.1.2.4/keys").unwrap()).is_err());
    }

    #[tokio::test]
    async fn a_name_that_stands_for_loopback_is_refused_when_it_is_resolved() {
        let refused = Guarded(rules(&[])).resolve("localhost".parse().unwrap()).await;
        assert!(refused.is_err_and(|error| error.is::<Refused>()));
        let allowed = Guarded(rules(&["127.0.0.0/8", "::1/128"])).resolve("localhost".parse().unwrap()).await;
        assert!(allowed.is_ok());
    }
}
