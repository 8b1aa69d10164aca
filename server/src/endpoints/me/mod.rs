//! One's own account: profile, password, sessions, API tokens.

pub mod api_tokens;
pub mod away;
pub mod password;
pub mod profile;
pub mod sessions;
