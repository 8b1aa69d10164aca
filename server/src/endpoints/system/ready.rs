//! GET `/readyz`: the server can do its work; says which part cannot.

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::AppState;

/// One part and how it is.
#[derive(Serialize, ToSchema)]
pub struct Part {
    /// Which.
    pub name: &'static str,
    /// Whether it works.
    pub ok: bool,
    /// What is wrong, in a sentence.
    pub detail: Option<&'static str>,
}

/// Whether the server can serve.
#[derive(Serialize, ToSchema)]
pub struct Readiness {
    /// All parts work.
    pub ready: bool,
    /// The parts.
    pub parts: Vec<Part>,
}

/// Whether the server can serve: database and object store answer.
#[utoipa::path(tag = "Running it", responses(
    (status = 200, description = "Ready", body = Readiness),
    (status = 503, description = "A part is away", body = Readiness)))]
#[get("/readyz")]
pub async fn readyz(state: web::Data<AppState>) -> HttpResponse {
    let database = state.store.ping().await;
    let objects = state.blobs.probe().await;
    if let Err(error) = &database {
        tracing::warn!(%error, "the database does not answer");
    }
    if let Err(error) = &objects {
        tracing::warn!(%error, "the object store does not answer");
    }
    let parts = vec![
        part("database", database.is_ok(), "The database does not answer."),
        part("object_store", objects.is_ok(), "The object store does not answer."),
    ];
    let ready = parts.iter().all(|part| part.ok);
    let mut answer = if ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    answer.json(Readiness { ready, parts })
}

fn part(name: &'static str, ok: bool, detail: &'static str) -> Part {
    Part { name, ok, detail: (!ok).then_some(detail) }
}
