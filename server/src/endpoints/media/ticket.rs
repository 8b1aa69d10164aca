//! Media tickets: capability addresses for one viewer and one update.
//!
//! A player cannot send a token with each segment, so the address itself carries a signed right. It says who (and
//! with which session or API token, or by which share link), which update and until when; the right behind it is asked for
//! again on each request, so a revoked member's tickets end at once (within the 10 s that an answer is remembered).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use meridian_domain::ids::{ShareLinkId, UpdateId, UserId};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::auth::Credential;
use crate::auth::keys::mac;

/// How long a ticket is valid at most, in milliseconds: 6 hours.
const LIFETIME_MS: i64 = 6 * 60 * 60 * 1000;
/// The same viewer gets the same ticket for this long, so that a browser's cache keeps working.
const STEP_MS: i64 = 60 * 60 * 1000;
/// The first byte: which kind of credential the second id names.
const OF_SESSION: u8 = 1;
const OF_TOKEN: u8 = 2;
const OF_ACCOUNT: u8 = 3;
const OF_SHARE: u8 = 4;
const BODY_BYTES: usize = 1 + 16 + 16 + 16 + 8;
const MAC_BYTES: usize = 32;

/// Who fetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Viewer {
    /// Somebody with an account, and what they came in with; the ticket ends with that.
    Person(UserId, Credential),
    /// A guest of a share link, let in by this version of its password.
    Guest(ShareLinkId, i64),
}

/// Who may fetch what until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ticket {
    /// The viewer.
    pub(crate) viewer: Viewer,
    /// The update.
    pub(crate) update: UpdateId,
    /// When it ends, in milliseconds since 1970.
    pub(crate) expires_at_ms: i64,
}

impl Ticket {
    /// The ticket for now.
    pub(crate) fn new(viewer: Viewer, update: UpdateId, now_ms: i64) -> Self {
        let step = now_ms.div_euclid(STEP_MS).saturating_mul(STEP_MS);
        Self { viewer, update, expires_at_ms: step.saturating_add(LIFETIME_MS) }
    }

    fn body(&self) -> [u8; BODY_BYTES] {
        let (version, first, second) = match self.viewer {
            Viewer::Person(user, Credential::Session(id)) => (OF_SESSION, user.0, id.0),
            Viewer::Person(user, Credential::Token(id)) => (OF_TOKEN, user.0, id.0),
            Viewer::Person(user, Credential::Account) => (OF_ACCOUNT, user.0, Uuid::nil()),
            Viewer::Guest(link, password) => {
                (OF_SHARE, link.0, Uuid::from_u64_pair(0, password.unsigned_abs()))
            }
        };
        let mut body = [version; BODY_BYTES];
        let expires = self.expires_at_ms.to_be_bytes();
        let parts = [first.as_bytes().as_slice(), second.as_bytes(), self.update.0.as_bytes(), &expires];
        for (to, from) in body.iter_mut().skip(1).zip(parts.concat()) {
            *to = from;
        }
        body
    }

    /// As it stands in an address.
    pub(crate) fn sign(&self, key: &[u8; 32]) -> String {
        let body = self.body();
        URL_SAFE_NO_PAD.encode([body.as_slice(), &mac(key, &body)].concat())
    }

    /// Reads a ticket; `None` when it is not one of ours or out of time.
    pub(crate) fn read(text: &str, key: &[u8; 32], now_ms: i64) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (body, signature) = bytes.split_at_checked(BODY_BYTES)?;
        if signature.len() != MAC_BYTES || !bool::from(mac(key, body).ct_eq(signature)) {
            return None;
        }
        let (version, rest) = body.split_first()?;
        let id = |at: usize| Some(Uuid::from_bytes(*rest.get(at..)?.first_chunk()?));
        let expires_at_ms = i64::from_be_bytes(*rest.get(48..)?.first_chunk()?);
        let person = |credential| Some(Viewer::Person(id(0)?.into(), credential));
        let viewer = match *version {
            OF_SESSION => person(Credential::Session(id(16)?.into()))?,
            OF_TOKEN => person(Credential::Token(id(16)?.into()))?,
            OF_ACCOUNT => person(Credential::Account)?,
            OF_SHARE => Viewer::Guest(id(0)?.into(), i64::try_from(id(16)?.as_u64_pair().1).ok()?),
            _ => return None,
        };
        let ticket = Self { viewer, update: id(32)?.into(), expires_at_ms };
        (now_ms < expires_at_ms).then_some(ticket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];
    const NOW_MS: i64 = 1_800_000_000_000;

    fn ticket(now_ms: i64) -> Ticket {
        let id = |n| Uuid::from_u128(n);
        Ticket::new(Viewer::Person(id(1).into(), Credential::Session(id(2).into())), id(3).into(), now_ms)
    }

    #[test]
    fn a_ticket_reads_back_until_it_ends() {
        let signed = ticket(NOW_MS).sign(&KEY);
        assert_eq!(Ticket::read(&signed, &KEY, NOW_MS), Some(ticket(NOW_MS)));
        let end = ticket(NOW_MS).expires_at_ms;
        assert!(end - NOW_MS <= LIFETIME_MS && end - NOW_MS > LIFETIME_MS - STEP_MS);
        assert_eq!(Ticket::read(&signed, &KEY, end - 1), Some(ticket(NOW_MS)));
        assert_eq!(Ticket::read(&signed, &KEY, end), None);
    }

    #[test]
    fn an_api_tokens_ticket_names_the_token() {
        let id = |n| Uuid::from_u128(n);
        let viewer = Viewer::Person(id(1).into(), Credential::Token(id(2).into()));
        let made = Ticket::new(viewer, id(3).into(), NOW_MS);
        assert_eq!(Ticket::read(&made.sign(&KEY), &KEY, NOW_MS), Some(made));
        assert_ne!(made.sign(&KEY), ticket(NOW_MS).sign(&KEY));
    }

    #[test]
    fn a_guests_ticket_names_the_link_and_the_passwords_version() {
        let id = |n| Uuid::from_u128(n);
        let made = |version| Ticket::new(Viewer::Guest(id(1).into(), version), id(3).into(), NOW_MS);
        assert_eq!(Ticket::read(&made(2).sign(&KEY), &KEY, NOW_MS), Some(made(2)));
        assert_ne!(made(2).sign(&KEY), made(3).sign(&KEY));
    }

    #[test]
    fn the_same_viewer_gets_the_same_one_within_an_hour() {
        let start = NOW_MS.div_euclid(STEP_MS) * STEP_MS;
        assert_eq!(ticket(start).sign(&KEY), ticket(start + STEP_MS - 1).sign(&KEY));
        assert_ne!(ticket(start).sign(&KEY), ticket(start + STEP_MS).sign(&KEY));
    }

    #[test]
    fn any_change_makes_it_worthless() {
        let signed = ticket(NOW_MS).sign(&KEY);
        assert_eq!(Ticket::read(&signed, &[8; 32], NOW_MS), None);
        let bytes = URL_SAFE_NO_PAD.decode(&signed).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(Ticket::read(&URL_SAFE_NO_PAD.encode(changed), &KEY, NOW_MS), None, "byte {at}");
        }
        for text in ["", "x", "....", &signed[1..], &format!("{signed}AA")] {
            assert_eq!(Ticket::read(text, &KEY, NOW_MS), None, "{text}");
        }
    }
}
