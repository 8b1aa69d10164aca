//! As much of an OpenTelemetry collector as tells which spans came (OTLP over HTTP, protobuf).

use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A span that came.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) service: String,
    pub(super) trace: Vec<u8>,
    pub(super) id: Vec<u8>,
    /// Empty: a root.
    pub(super) parent: Vec<u8>,
    pub(super) name: String,
}

/// See the module. It ends with the test's runtime.
pub(super) struct Collector {
    /// For `MERIDIAN_OTLP_ENDPOINT`.
    pub(super) endpoint: String,
    bodies: watch::Receiver<Vec<Vec<u8>>>,
}

impl Collector {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (kept, bodies) = watch::channel(Vec::new());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, kept.clone()));
            }
        });
        Self { endpoint, bodies }
    }

    /// All spans that came, as soon as they are those that are waited for.
    pub(super) async fn spans(&self, wanted: impl Fn(&[Span]) -> bool) -> Vec<Span> {
        let all = |bodies: &Vec<Vec<u8>>| bodies.iter().flat_map(|body| spans(body)).collect::<Vec<_>>();
        let mut bodies = self.bodies.clone();
        let coming = bodies.wait_for(|bodies| wanted(&all(bodies)));
        let found = tokio::time::timeout(Duration::from_secs(30), coming).await;
        all(&found.expect("the spans do not come").unwrap())
    }
}

/// Takes the bodies of a connection's requests.
async fn answer(stream: TcpStream, bodies: watch::Sender<Vec<Vec<u8>>>) {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut line, mut length) = (String::new(), 0_usize);
        while stream.read_line(&mut line).await.is_ok_and(|read| read > 2) {
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            line.clear();
        }
        if line.is_empty() {
            return;
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        bodies.send_modify(|bodies| bodies.push(body));
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    }
}

/// The spans of an `ExportTraceServiceRequest`: `opentelemetry/proto/trace/v1/trace.proto` numbers the fields.
fn spans(request: &[u8]) -> Vec<Span> {
    let mut found = Vec::new();
    for resource_spans in all(request, 1) {
        let service =
            all(resource_spans, 1).into_iter().flat_map(|resource| all(resource, 1)).find_map(service);
        for span in all(resource_spans, 2).into_iter().flat_map(|scope_spans| all(scope_spans, 2)) {
            let field = |number| all(span, number).first().map(|bytes| bytes.to_vec()).unwrap_or_default();
            found.push(Span {
                service: service.clone().unwrap_or_default(),
                trace: field(1),
                id: field(2),
                parent: field(4),
                name: String::from_utf8(field(5)).unwrap(),
            });
        }
    }
    found
}

/// The value of the attribute `service.name`.
fn service(attribute: &[u8]) -> Option<String> {
    let value = *all(attribute, 2).first()?;
    let text = all(value, 1).first().map(|text| String::from_utf8_lossy(text).into_owned())?;
    (all(attribute, 1) == [b"service.name"]).then_some(text)
}

/// The bytes of every field with a number that has some, in a protobuf message.
fn all(mut message: &[u8], number: u64) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while !message.is_empty() {
        let tag = varint(&mut message);
        let length = match tag & 7 {
            0 => {
                varint(&mut message);
                continue;
            }
            1 => 8,
            2 => usize::try_from(varint(&mut message)).unwrap(),
            5 => 4,
            other => panic!("wire type {other}"),
        };
        let (bytes, rest) = message.split_at(length);
        if tag == number << 3 | 2 {
            found.push(bytes);
        }
        message = rest;
    }
    found
}

fn varint(message: &mut &[u8]) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let (first, rest) = message.split_first().unwrap();
        *message = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return value;
        }
        shift += 7;
    }
}
