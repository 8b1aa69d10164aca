//! Sign-in by an OpenID Connect provider: off unless an issuer is named.

use std::fmt;
use std::path::Path;

use meridian_domain::ids::WorkspaceId;

use crate::ConfigError;

/// A text that Debug does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(pub String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(..)")
    }
}

/// Sign-in by an OpenID Connect provider.
#[derive(Clone, Debug)]
pub struct Oidc {
    /// `MERIDIAN_OIDC_ISSUER`: the provider's address, exactly as it names itself.
    pub issuer: String,
    /// `MERIDIAN_OIDC_CLIENT_ID`: what Meridian is called there.
    pub client_id: String,
    /// `MERIDIAN_OIDC_CLIENT_SECRET` or `MERIDIAN_OIDC_CLIENT_SECRET_FILE`; without one Meridian is a public client.
    pub client_secret: Option<Hidden>,
    /// `MERIDIAN_OIDC_LABEL`: what stands on the button behind "Continue with".
    pub label: String,
    /// `MERIDIAN_OIDC_DOMAINS`: only people with a verified address in one of these come in; empty: all.
    pub domains: Vec<String>,
    /// `MERIDIAN_OIDC_WORKSPACE`: people without an account become members of this workspace; without it they need
    /// an invitation.
    pub workspace: Option<WorkspaceId>,
}

impl Oidc {
    /// Whether an address may come in, as far as its domain goes.
    pub fn admits(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.domains.is_empty() || self.domains.iter().any(|one| one.eq_ignore_ascii_case(domain))
    }
}

/// As it stands in file and environment.
pub(crate) struct Given<'a> {
    pub(crate) issuer: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<String>,
    pub(crate) client_secret_file: Option<&'a Path>,
    pub(crate) label: Option<String>,
    pub(crate) domains: &'a str,
    pub(crate) workspace: Option<&'a str>,
}

fn invalid(name: &'static str, why: impl Into<String>) -> ConfigError {
    ConfigError::Invalid { name, why: why.into() }
}

/// Checks what is given; `None` without an issuer.
pub(crate) fn check(given: Given<'_>) -> Result<Option<Oidc>, ConfigError> {
    let Some(issuer) = given.issuer else { return Ok(None) };
    check_issuer(&issuer)?;
    let client_id = given
        .client_id
        .ok_or_else(|| invalid("MERIDIAN_OIDC_CLIENT_ID", "is needed beside MERIDIAN_OIDC_ISSUER"))?;
    let workspace = given
        .workspace
        .map(|text| {
            let id = text.parse::<WorkspaceId>();
            id.map_err(|e| invalid("MERIDIAN_OIDC_WORKSPACE", format!("{text:?} is no workspace's id ({e})")))
        })
        .transpose()?;
    Ok(Some(Oidc {
        issuer,
        client_id,
        client_secret: secret(given.client_secret, given.client_secret_file)?.map(Hidden),
        label: given.label.unwrap_or_else(|| "single sign-on".to_owned()),
        domains: domains(given.domains)?,
        workspace,
    }))
}

/// Over TLS, but on this machine.
fn check_issuer(text: &str) -> Result<(), ConfigError> {
    let name = "MERIDIAN_OIDC_ISSUER";
    let parsed = url::Url::parse(text).map_err(|e| invalid(name, format!("{text:?} is no address ({e})")))?;
    let local = match parsed.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(host)) => host == "localhost",
        None => false,
    };
    if !(parsed.scheme() == "https" || parsed.scheme() == "http" && local) || parsed.query().is_some() {
        return Err(invalid(name, "has to look like https://accounts.example"));
    }
    Ok(())
}

fn secret(text: Option<String>, file: Option<&Path>) -> Result<Option<String>, ConfigError> {
    let (None, Some(path)) = (&text, file) else { return Ok(text) };
    let read = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::SecretFile { path: path.to_owned(), source })?;
    let first = read.lines().next().unwrap_or_default().trim().to_owned();
    if first.is_empty() {
        return Err(invalid("MERIDIAN_OIDC_CLIENT_SECRET_FILE", "names an empty file"));
    }
    Ok(Some(first))
}

fn domains(text: &str) -> Result<Vec<String>, ConfigError> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let plain = part.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
            if plain && part.contains('.') {
                return Ok(part.to_owned());
            }
            Err(invalid("MERIDIAN_OIDC_DOMAINS", format!("{part:?} is no domain such as example.org")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given<'a>() -> Given<'a> {
        Given {
            issuer: Some("https://id.example.org".to_owned()),
            client_id: Some("meridian".to_owned()),
            client_secret: Some("a secret".to_owned()),
            client_secret_file: None,
            label: None,
            domains: "example.org, example.com",
            workspace: None,
        }
    }

    #[test]
    fn it_is_off_without_an_issuer_and_shows_no_secret() {
        assert!(check(Given { issuer: None, ..given() }).unwrap().is_none());
        let oidc = check(given()).unwrap().unwrap();
        assert!(!format!("{oidc:?}").contains("a secret"));
        assert_eq!(oidc.client_secret.unwrap().0, "a secret");
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let wrong = [
            Given { issuer: Some("http://id.example.org".to_owned()), ..given() },
            Given { issuer: Some("id.example.org".to_owned()), ..given() },
            Given { client_id: None, ..given() },
            Given { workspace: Some("Acme"), ..given() },
            Given { domains: "example", ..given() },
            Given { client_secret: None, client_secret_file: Some(Path::new("/nowhere/at/all")), ..given() },
        ];
        for one in wrong {
            check(one).unwrap_err();
        }
        check(Given { issuer: Some("http://127.0.0.1:4000".to_owned()), ..given() }).unwrap();
    }

    #[test]
    fn a_domain_is_the_whole_of_what_stands_behind_the_last_sign() {
        let oidc = check(given()).unwrap().unwrap();
        assert!(oidc.admits("ada@Example.org"));
        for other in [
            "ada@evil-example.org",
            "ada@example.org.evil.net",
            "ada@sub.example.org",
            "ada",
            "x@example.org@y.net",
        ] {
            assert!(!oidc.admits(other), "{other}");
        }
        assert!(check(Given { domains: "", ..given() }).unwrap().unwrap().admits("ada@anywhere.net"));
    }

    #[test]
    fn the_secret_may_stand_in_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        std::fs::write(&path, "from a file\n").unwrap();
        let from_file = Given { client_secret: None, client_secret_file: Some(&path), ..given() };
        assert_eq!(check(from_file).unwrap().unwrap().client_secret, Some(Hidden("from a file".to_owned())));
    }
}
