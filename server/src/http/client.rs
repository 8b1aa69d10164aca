//! Where a request comes from: the peer's address, or what trusted proxies say of it; and whether a browser sent it
//! from our own pages.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header;

use crate::error::{ApiError, ApiResult, Code};
use crate::state::AppState;

/// The client's address without its port. `X-Forwarded-For` counts only as far as its last hops are trusted.
pub fn address(req: &HttpRequest, state: &AppState) -> String {
    let peer = req.peer_addr().map(|peer| peer.ip());
    let trusted = |ip: IpAddr| state.settings.trusted_proxies.iter().any(|network| contains(network, ip));
    let Some(mut current) = peer else { return "unknown".to_owned() };
    let forwarded = req.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok()).unwrap_or("");
    for hop in forwarded.split(',').rev().map(str::trim).filter(|hop| !hop.is_empty()) {
        if !trusted(current) {
            break;
        }
        match hop.parse() {
            Ok(ip) => current = ip,
            Err(_) => break,
        }
    }
    current.to_string()
}

fn contains(network: &str, ip: IpAddr) -> bool {
    network.parse::<ipnet::IpNet>().map_or_else(
        |_| network.parse::<IpAddr>().is_ok_and(|one| one == ip),
        |network| network.contains(&ip),
    )
}

/// Refuses a cookie-borne request from a foreign page. Without an `Origin` (no browser, or a plain GET) it passes.
///
/// # Errors
/// 403 for a foreign Origin.
pub fn check_origin(req: &HttpRequest, state: &AppState) -> ApiResult<()> {
    let Some(origin) = req.headers().get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or("null");
    let same_host = origin
        .split_once("://")
        .is_some_and(|(scheme, host)| scheme.starts_with("http") && host == req.connection_info().host());
    if origin == state.settings.public_url || same_host {
        return Ok(());
    }
    Err(ApiError::new(Code::ForeignOrigin, "Cookies count only on requests from Meridian's own pages."))
}
