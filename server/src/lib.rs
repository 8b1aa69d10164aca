//! The HTTP server of Meridian: everything but `main`, so that tests can start it in their own process.
//!
//! A request goes: route table ([`routes`]) -> extractor (who: [`auth::Auth`]; validated input: [`http`]) ->
//! handler (one file an endpoint) -> policy -> repository in one transaction -> answer. Errors are [`error::ApiError`].
#![expect(unreachable_pub, reason = "the route macros of actix-web put handlers behind structs")]

pub mod app;
pub mod auth;
pub mod document;
pub mod door;
pub mod endpoints;
pub mod error;
pub mod events_hub;
pub mod http;
mod listeners;
pub mod mail;
pub mod markdown;
pub mod middleware;
pub mod operate;
pub mod reference;
pub mod registry;
mod repeat;
pub mod routes;
pub mod state;
pub mod supervisor;
pub mod tell;
pub mod web;
