//! What surrounds the server: its public name, proxies, mail, the disk.

use meridian_config::Settings;

use super::{Check, chain, client};
use crate::mail::Mailer;
use crate::operate::size;

/// Less than this is told, in bytes; much less is a failure.
const ROOM: u64 = 5 << 30;
const LITTLE_ROOM: u64 = 512 << 20;

pub(super) fn public_url(settings: &Settings) -> Vec<Check> {
    let url = &settings.public_url;
    let local = ["http://localhost", "http://127.0.0.1", "http://[::1]"];
    let local = local.iter().any(|start| url.starts_with(start));
    let mut checks = Vec::new();
    checks.push(if settings.is_https() {
        Check::ok("public URL", url)
    } else if local && settings.listen.ip().is_loopback() {
        Check::warn(
            "public URL",
            format!("{url}: on this machine alone"),
            "set MERIDIAN_PUBLIC_URL for others",
        )
    } else if local {
        let fix = "set MERIDIAN_PUBLIC_URL to how people reach the server: links in mail are made from it";
        Check::fail("public URL", format!("{url}, though the server listens on {}", settings.listen), fix)
    } else {
        let fix =
            "put a proxy with TLS in front and set MERIDIAN_PUBLIC_URL=https://...; see deploy/Caddyfile";
        Check::fail("public URL", format!("{url}: browsers give camera and screen to https pages only"), fix)
    });
    let proxies = &settings.trusted_proxies;
    let everybody = |network: &String| network.ends_with("/0");
    checks.push(if proxies.iter().any(everybody) {
        let fix = "name the proxy's own address or network";
        Check::fail("trusted proxies", "everybody is believed about where requests come from", fix)
    } else if settings.is_https() && proxies.is_empty() {
        let fix = "set MERIDIAN_TRUSTED_PROXIES to the proxy's address: else limits take everybody for one";
        Check::warn("trusted proxies", "pages come over https, so through a proxy, and none is trusted", fix)
    } else if proxies.is_empty() {
        Check::ok("trusted proxies", "none, and none is needed")
    } else {
        Check::ok("trusted proxies", proxies.join(", "))
    });
    checks
}

/// Whether the server answers under its public name.
pub(super) async fn reachable(settings: &Settings) -> Vec<Check> {
    let fix = "if the server runs: look at the proxy and at the name's address; else start it and ask again";
    let asked = match client() {
        Ok(client) => client.get(format!("{}/healthz", settings.public_url)).send().await,
        Err(error) => Err(error),
    };
    vec![match asked {
        Ok(answer) if answer.status().is_success() => {
            Check::ok("reachable", "the server answers under its public URL")
        }
        Ok(answer) => Check::warn("reachable", format!("the public URL answers {}", answer.status()), fix),
        Err(error) => Check::warn("reachable", chain(&error.without_url()), fix),
    }]
}

pub(super) async fn mail(settings: &Settings) -> Vec<Check> {
    let mailer = match Mailer::new(settings) {
        Ok(mailer) => mailer,
        Err(error) => {
            return vec![Check::fail(
                "mail",
                chain(&error),
                "look at MERIDIAN_SMTP_URL and MERIDIAN_MAIL_FROM",
            )];
        }
    };
    if settings.smtp_url.is_none() {
        let found = format!("no SMTP server: mail goes to {}", settings.data_dir.join("mail.log").display());
        return vec![Check::warn(
            "mail",
            found,
            "set MERIDIAN_SMTP_URL, so that invitations and digests arrive",
        )];
    }
    vec![match mailer.probe().await {
        Ok(true) => Check::ok("mail", "the SMTP server lets us in"),
        Ok(false) => Check::fail("mail", "the SMTP server hangs up", "look at MERIDIAN_SMTP_URL"),
        Err(error) => {
            Check::fail("mail", error.words(), "look at MERIDIAN_SMTP_URL: host, port, user, password, tls")
        }
    }]
}

pub(super) fn disk(settings: &Settings) -> Check {
    let fix = "make room, or a larger disk: at a twentieth (256 MB at most) recordings are refused";
    match rustix::fs::statvfs(&settings.data_dir) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let found = format!("{} free for {}", size(free), settings.data_dir.display());
            match free {
                0..LITTLE_ROOM => Check::fail("disk", found, fix),
                LITTLE_ROOM..ROOM => Check::warn("disk", found, fix),
                _ => Check::ok("disk", found),
            }
        }
        Err(error) => Check::fail(
            "disk",
            format!("{}: {error}", settings.data_dir.display()),
            "look at MERIDIAN_DATA_DIR",
        ),
    }
}
