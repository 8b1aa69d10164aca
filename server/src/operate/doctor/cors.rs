//! Segments straight from S3: browsers have to reach the store, over https where the pages are, and be let in.

use std::time::Duration;

use base64::Engine as _;
use bytes::Bytes;
use meridian_blobs::{Blobs, Key};
use meridian_config::{MediaDelivery, Settings};
use reqwest::{Client, Method, Response};
use sha2::{Digest as _, Sha256};

use super::{Check, chain, client, clock};
use crate::operate::open_blobs;

const NAME: &str = "redirect";
const FOR: Duration = Duration::from_mins(5);

/// Nothing where the server hands segments out itself.
pub(super) async fn check(settings: &Settings, fix: bool) -> Vec<Check> {
    if settings.media_delivery == MediaDelivery::Proxy {
        return Vec::new();
    }
    let failed = |error: &dyn std::error::Error| {
        vec![Check::fail(NAME, chain(error), "look at what is said of the object store")]
    };
    let (blobs, client) = match (open_blobs(settings), client()) {
        (Ok(blobs), Ok(client)) => (blobs, client),
        (Err(error), _) => return failed(&error),
        (_, Err(error)) => return failed(&error),
    };
    let key = match Key::parse(&format!("doctor/{}", uuid::Uuid::new_v4())) {
        Ok(key) => key,
        Err(error) => return failed(&error),
    };
    if let Err(error) = blobs.put_new(&key, Bytes::from_static(b"0123456789")).await {
        return failed(&error);
    }
    let checks = match blobs.presigned(&key, "video/mp4", FOR).await {
        Ok(Some(address)) => from_outside(settings, &blobs, &client, &address, fix).await,
        Ok(None) => vec![Check::warn(
            NAME,
            "MERIDIAN_MEDIA_DELIVERY is redirect, and the object store is a folder: the server hands segments out",
            "set it to proxy",
        )],
        Err(error) => failed(&error),
    };
    if let Err(error) = blobs.delete(&key).await {
        return failed(&error);
    }
    checks
}

async fn from_outside(
    settings: &Settings,
    blobs: &Blobs,
    client: &Client,
    address: &str,
    fix: bool,
) -> Vec<Check> {
    let mut checks = Vec::new();
    if settings.is_https() && address.starts_with("http://") {
        checks.push(Check::fail(
            "mixed content",
            "pages come over https and segments would come over http: browsers refuse that",
            "set MERIDIAN_S3_PUBLIC_ENDPOINT to an https address of the store",
        ));
    }
    let got =
        client.get(address).header("Range", "bytes=2-4").header("Origin", &settings.public_url).send().await;
    match got {
        Err(error) => {
            let fix = "set MERIDIAN_S3_PUBLIC_ENDPOINT to where browsers reach the store";
            checks.push(Check::fail(NAME, chain(&error.without_url()), fix));
            return checks;
        }
        Ok(answer) if answer.status() != 206 => {
            let found = format!("a signed address answers {} to a range", answer.status());
            let fix = "the store has to take presigned GETs with ranges under its public name";
            checks.push(Check::fail(NAME, found, fix));
            return checks;
        }
        Ok(answer) => {
            checks.push(Check::ok(NAME, "a signed address gives a range"));
            checks.extend(date_ms(&answer).map(|theirs_ms| clock("store clock", theirs_ms)));
        }
    }
    if !lets_in(client, address, &settings.public_url).await && fix {
        checks.extend(put_rules(blobs, client, &settings.public_url).await.err());
    }
    checks.push(if lets_in(client, address, &settings.public_url).await {
        Check::ok("CORS", format!("pages of {} are let in", settings.public_url))
    } else {
        let fix = "`meridian-server doctor --fix`, or a rule of the bucket: GET and HEAD from MERIDIAN_PUBLIC_URL, header Range";
        Check::fail("CORS", format!("pages of {} are not let in", settings.public_url), fix)
    });
    checks
}

fn date_ms(answer: &Response) -> Option<i64> {
    let text = answer.headers().get("date")?.to_str().ok()?;
    Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_millisecond())
}

/// Asks as a browser does before a page of this origin reads a range.
async fn lets_in(client: &Client, address: &str, origin: &str) -> bool {
    let allows = |answer: &Response| {
        let allowed =
            answer.headers().get("access-control-allow-origin").and_then(|value| value.to_str().ok());
        answer.status().is_success() && allowed.is_some_and(|allowed| allowed == origin || allowed == "*")
    };
    let asked = client
        .request(Method::OPTIONS, address)
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "GET")
        .header("Access-Control-Request-Headers", "range");
    let got = client.get(address).header("Origin", origin).header("Range", "bytes=0-1");
    let (asked, got) = (asked.send().await, got.send().await);
    asked.is_ok_and(|answer| allows(&answer)) && got.is_ok_and(|answer| allows(&answer))
}

/// Sets the bucket's rules; others that it had are gone then, so this only happens where it lets nobody in.
async fn put_rules(blobs: &Blobs, client: &Client, origin: &str) -> Result<(), Check> {
    let rules = format!(
        "<CORSConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><CORSRule>\
         <AllowedOrigin>{origin}</AllowedOrigin><AllowedMethod>GET</AllowedMethod><AllowedMethod>HEAD</AllowedMethod>\
         <AllowedHeader>Range</AllowedHeader><ExposeHeader>Content-Range</ExposeHeader>\
         <ExposeHeader>Content-Length</ExposeHeader><MaxAgeSeconds>3600</MaxAgeSeconds></CORSRule></CORSConfiguration>"
    );
    let failed = |found: String| {
        Check::fail(
            "CORS rules",
            found,
            "set them by hand: GET and HEAD from MERIDIAN_PUBLIC_URL, header Range",
        )
    };
    let sum = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(rules.as_bytes()));
    let address = blobs.cors_address(&sum, FOR).await.map_err(|error| failed(chain(&error)))?;
    let Some(address) = address else { return Ok(()) };
    let put = client.put(address).header("x-amz-checksum-sha256", sum).body(rules).send().await;
    let answer = put.map_err(|error| failed(chain(&error.without_url())))?;
    if answer.status().is_success() {
        return Ok(());
    }
    Err(failed(format!("the store answers {} to the new rules", answer.status())))
}
