//! The trace of a recording: its ids are derived from the update's.

use std::cell::Cell;

use meridian_domain::ids::UpdateId;
use opentelemetry::trace::{
    Span as _, SpanBuilder, SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState,
    Tracer as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

thread_local! {
    /// The ids of the span that is begun right now.
    static CHOSEN: Cell<Option<(TraceId, SpanId)>> = const { Cell::new(None) };
}

/// Random ids, but for a recording's root.
#[derive(Debug, Default)]
pub(crate) struct Ids(RandomIdGenerator);

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        CHOSEN.get().map_or_else(|| self.0.new_trace_id(), |chosen| chosen.0)
    }

    fn new_span_id(&self) -> SpanId {
        CHOSEN.get().map_or_else(|| self.0.new_span_id(), |chosen| chosen.1)
    }
}

/// The trace's id and its root span's.
fn ids(update: UpdateId) -> (TraceId, SpanId) {
    let (_, low) = update.0.as_u64_pair();
    (TraceId::from(update.0.as_u128()), SpanId::from(low))
}

/// The update was made: its trace begins with a root that is a moment long. What works on it later, here or elsewhere,
/// is under it.
pub fn began(update: UpdateId) {
    CHOSEN.set(Some(ids(update)));
    let builder = SpanBuilder::from_name("recording")
        .with_attributes([KeyValue::new("meridian.update_id", update.to_string())]);
    // Without a collector this is a tracer that does nothing.
    let mut root = opentelemetry::global::tracer(crate::OURS).build_with_context(builder, &Context::new());
    CHOSEN.set(None);
    root.end();
}

/// Makes a span that nobody has entered yet a part of a recording's trace.
pub fn part_of(span: tracing::Span, update: UpdateId) -> tracing::Span {
    let (trace, root) = ids(update);
    let root = SpanContext::new(trace, root, TraceFlags::SAMPLED, true, TraceState::default());
    // Fails where nothing is traced.
    drop(span.set_parent(Context::new().with_remote_span_context(root)));
    span
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_s_ids_are_its_update_s() {
        let update: UpdateId = "0193f3b0-0000-7abc-8def-0123456789ab".parse().unwrap();
        let (trace, root) = ids(update);
        assert_eq!(trace.to_string(), "0193f3b000007abc8def0123456789ab");
        assert_eq!(root.to_string(), "8def0123456789ab");
    }
}
