//! Signing up, in and out; passwords; sign-in by an OpenID Connect provider.

pub mod forgot;
pub mod instance;
pub mod login;
pub mod logout;
pub mod oidc;
pub mod refresh;
pub mod reset;
pub mod signup;
pub mod view;
