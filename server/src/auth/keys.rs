//! One key a purpose, derived from the one secret, so that a token of one kind is never taken for another.

use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{DecodingKey, EncodingKey};
use meridian_config::{Purpose, Secret};
use sha2::Sha256;

/// The derived keys.
pub struct Keys {
    /// Signs access tokens.
    pub access_sign: EncodingKey,
    /// Checks access tokens.
    pub access_check: DecodingKey,
    /// Media tickets.
    pub media: [u8; 32],
    /// Cursors.
    pub cursor: [u8; 32],
    /// Hashes of tokens at rest.
    pub token_hash: [u8; 32],
    /// Secrets of webhooks.
    pub webhook: [u8; 32],
    /// Links that end mail.
    pub unsubscribe: [u8; 32],
    /// Cookies of share links with a password.
    pub share: [u8; 32],
    /// Addresses of exports.
    pub export: [u8; 32],
    /// Nonces and code verifiers of sign-ins at an OpenID Connect provider.
    pub sign_in: [u8; 32],
}

impl Keys {
    /// Derives the keys.
    pub fn new(secret: &Secret) -> Self {
        let access = secret.key(Purpose::Access);
        Self {
            access_sign: EncodingKey::from_secret(&access),
            access_check: DecodingKey::from_secret(&access),
            media: secret.key(Purpose::Media),
            cursor: secret.key(Purpose::Cursor),
            token_hash: secret.key(Purpose::TokenHash),
            webhook: secret.key(Purpose::Webhook),
            unsubscribe: secret.key(Purpose::Unsubscribe),
            share: secret.key(Purpose::Share),
            export: secret.key(Purpose::Export),
            sign_in: secret.key(Purpose::SignIn),
        }
    }

    /// The form in which a random token is kept at rest: HMAC-SHA256, hexadecimal.
    pub fn hash_token(&self, token: &str) -> String {
        hex::encode(mac(&self.token_hash, token.as_bytes()))
    }
}

/// HMAC-SHA256.
pub fn mac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    // An HMAC takes keys of every length, so the fallback key is never used.
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key)
        .unwrap_or_else(|_| unreachable!("HMAC takes a key of any length"));
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// A random token of 256 bits, in base64url.
pub fn random_token() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// A code that a person can type: four groups of four digits and letters without look-alikes (80 bits).
pub fn setup_code() -> String {
    const LETTERS: &[u8; 32] = b"23456789abcdefghjkmnpqrstuvwxyzh";
    let bytes = rand::random::<[u8; 16]>();
    let mut code = String::new();
    for (position, byte) in bytes.iter().enumerate() {
        if position > 0 && position % 4 == 0 {
            code.push('-');
        }
        let letter = LETTERS.get(usize::from(byte % 32)).copied().unwrap_or(b'2');
        code.push(char::from(letter));
    }
    code
}
