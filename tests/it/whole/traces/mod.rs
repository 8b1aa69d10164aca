//! One recording is one trace, across server and worker.

mod collector;

use std::time::Duration;

use collector::{Collector, Span};

use super::instance::{Instance, fixture};

#[tokio::test]
async fn a_recording_is_one_trace_across_server_and_worker() {
    let collector = Collector::start().await;
    let instance = Instance::start_set(vec![
        ("MERIDIAN_OTLP_ENDPOINT", collector.endpoint.clone()),
        ("OTEL_BSP_SCHEDULE_DELAY", "200".to_owned()),
    ])
    .await;
    let ada = instance.person("ada").await;
    let update = ada.upload("voice", fixture("voice.webm")).await;
    ada.wait(&update, &["ready"], Duration::from_mins(1)).await;
    let id = uuid::Uuid::parse_str(&update).unwrap();
    // A span is told when it has ended: the job's is the last.
    let all = collector.spans(|spans| spans.iter().any(|span| span.name == "process_update")).await;
    let spans: Vec<&Span> = all.iter().filter(|span| span.trace == id.as_bytes()).collect();
    let one = |service: &str, name: &str| -> &Span {
        let found = spans.iter().find(|span| span.service == service && span.name == name);
        found.unwrap_or_else(|| panic!("{service} {name}: {spans:#?}"))
    };
    let root = one("meridian-server", "recording");
    assert!(root.parent.is_empty());
    assert_eq!(one("meridian-server", "receive").parent, root.id);
    let job = one("meridian-worker", "process_update");
    assert_eq!(job.parent, root.id);
    assert_eq!(one("meridian-worker", "media").parent, job.id);
    for span in spans.iter().filter(|span| !span.parent.is_empty()) {
        assert!(spans.iter().any(|other| other.id == span.parent), "{span:?} hangs on nothing");
    }
    // Requests are traces of their own, without addresses.
    let request = all.iter().find(|span| span.name == "request").unwrap();
    assert_ne!(request.trace, id.as_bytes());
}

#[tokio::test]
async fn who_ends_in_order_sends_the_spans_that_still_wait() {
    let collector = Collector::start().await;
    let instance = Instance::start_set(vec![
        ("MERIDIAN_OTLP_ENDPOINT", collector.endpoint.clone()),
        // Far longer than this test.
        ("OTEL_BSP_SCHEDULE_DELAY", "600000".to_owned()),
    ])
    .await;
    let ada = instance.person("ada").await;
    let update = ada.upload("voice", fixture("voice.webm")).await;
    ada.wait(&update, &["ready"], Duration::from_mins(1)).await;
    instance.stop();
    let id = uuid::Uuid::parse_str(&update).unwrap();
    let told = |spans: &[Span], name: &str| {
        spans.iter().any(|span| span.name == name && span.trace == id.as_bytes())
    };
    collector.spans(|spans| told(spans, "recording") && told(spans, "process_update")).await;
}
