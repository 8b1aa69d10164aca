//! Who asks: access tokens (JWT, 15 minutes), API tokens, passwords.

mod extract;
pub mod keys;
pub mod limits;
pub mod oidc;
pub mod password;
pub mod session;
pub mod tokens;

pub use extract::{Auth, Credential};
