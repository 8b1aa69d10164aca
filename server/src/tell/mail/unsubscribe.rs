//! Links that end mail with one click (RFC 8058): a signed capability that can do nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use meridian_domain::enums::MailKind;
use meridian_domain::ids::UserId;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::auth::keys::{Keys, mac};

const BODY_BYTES: usize = 17;
const MAC_BYTES: usize = 32;

fn code(kind: MailKind) -> u8 {
    match kind {
        MailKind::Thread => 1,
        MailKind::Digest => 2,
        MailKind::Round => 3,
    }
}

/// The token that ends one kind of mail to one person.
pub fn token(keys: &Keys, user: UserId, kind: MailKind) -> String {
    let body = [&[code(kind)], user.0.as_bytes().as_slice()].concat();
    URL_SAFE_NO_PAD.encode([body.as_slice(), &mac(&keys.unsubscribe, &body)].concat())
}

/// Whose mail of which kind a token ends; `None` when it is not one of ours.
pub fn read(keys: &Keys, token: &str) -> Option<(UserId, MailKind)> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (body, signature) = bytes.split_at_checked(BODY_BYTES)?;
    if signature.len() != MAC_BYTES || !bool::from(mac(&keys.unsubscribe, body).ct_eq(signature)) {
        return None;
    }
    let (first, rest) = body.split_first()?;
    let kind = MailKind::ALL.iter().copied().find(|kind| code(*kind) == *first)?;
    Some((Uuid::from_bytes(*rest.first_chunk()?).into(), kind))
}

#[cfg(test)]
mod tests {
    use meridian_config::Secret;

    use super::*;

    #[test]
    fn a_token_says_whose_and_which_and_any_change_makes_it_worthless() {
        let keys = Keys::new(&Secret::configured("0123456789abcdef0123456789abcdef-x").unwrap());
        let other = Keys::new(&Secret::configured("0123456789abcdef0123456789abcdef-y").unwrap());
        let user: UserId = Uuid::from_u128(7).into();
        for &kind in MailKind::ALL {
            let made = token(&keys, user, kind);
            assert_eq!(read(&keys, &made), Some((user, kind)));
            assert_eq!(read(&other, &made), None);
            let bytes = URL_SAFE_NO_PAD.decode(&made).unwrap();
            for at in 0..bytes.len() {
                let mut changed = bytes.clone();
                changed[at] ^= 1;
                assert_eq!(read(&keys, &URL_SAFE_NO_PAD.encode(changed)), None, "byte {at}");
            }
        }
        assert_eq!(read(&keys, ""), None);
    }
}
