//! Signatures as Standard Webhooks has them: HMAC-SHA256 over `id.timestamp.body`, in base64, after `v1,`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use meridian_store::repo::webhooks::Webhook;

use crate::auth::keys::{Keys, mac};

/// The key of a webhook: derived, so that it is kept nowhere.
fn key(keys: &Keys, hook: &Webhook) -> [u8; 32] {
    mac(&keys.webhook, format!("{} {}", hook.id, hook.secret_version).as_bytes())
}

/// The secret as it is shown once: `whsec_` and base64.
pub fn secret(keys: &Keys, hook: &Webhook) -> String {
    format!("whsec_{}", STANDARD.encode(key(keys, hook)))
}

/// The signature's header for a body sent at `at_s` (seconds since 1970).
pub fn sign(keys: &Keys, hook: &Webhook, id: &str, at_s: i64, body: &[u8]) -> String {
    signature(&key(keys, hook), id, at_s, body)
}

fn signature(key: &[u8; 32], id: &str, at_s: i64, body: &[u8]) -> String {
    let signed = [format!("{id}.{at_s}.").as_bytes(), body].concat();
    format!("v1,{}", STANDARD.encode(mac(key, &signed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with Python: `hmac.new(bytes(range(32)), b'msg_1.1700000000.{"a":1}', 'sha256')`.
    #[test]
    fn it_is_what_another_program_computes() {
        let key: [u8; 32] = (0..32).collect::<Vec<u8>>().try_into().unwrap();
        assert_eq!(
            signature(&key, "msg_1", 1_700_000_000, br#"{"a":1}"#),
            "v1,AMaOha7DUT/0J0JMycRuYOBSvbx3WtwLd2khXXbaVj4="
        );
    }
}
