//! Signing up, in and out; passwords.

pub mod forgot;
pub mod instance;
pub mod login;
pub mod logout;
pub mod refresh;
pub mod reset;
pub mod signup;
pub mod view;
