//! A store that fails and whose answers get lost: a put is told as done exactly when its bytes are there.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use meridian_blobs::{BlobError, Blobs, Key, S3Options};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What becomes of a put; when none is left it is done and answered.
#[derive(Clone, Copy)]
enum Fate {
    /// 503, nothing is kept.
    Refused,
    /// Done, and the connection ends without an answer.
    Cut,
    /// Done, and somebody on the way answers 503.
    Denied,
    /// Somebody else was there just before.
    Overtaken,
}

/// As much of S3 as keeps one object.
struct Fake {
    object: Option<Vec<u8>>,
    fates: VecDeque<Fate>,
    puts: usize,
}

impl Fake {
    /// The answer; `None`: the connection ends.
    fn put(&mut self, body: Vec<u8>) -> Option<&'static str> {
        self.puts += 1;
        let fate = self.fates.pop_front();
        match fate {
            Some(Fate::Refused) => return Some("503 Service Unavailable"),
            Some(Fate::Overtaken) => self.object = Some(b"somebody else's".to_vec()),
            _ => {}
        }
        if self.object.is_some() {
            return Some("412 Precondition Failed");
        }
        self.object = Some(body);
        match fate {
            Some(Fate::Cut) => None,
            Some(Fate::Denied) => Some("503 Service Unavailable"),
            _ => Some("200 OK"),
        }
    }
}

async fn connection(stream: TcpStream, fake: Arc<Mutex<Fake>>) {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut line, mut first, mut length) = (String::new(), String::new(), 0_usize);
        while stream.read_line(&mut line).await.is_ok_and(|read| read > 2) {
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if first.is_empty() {
                first.clone_from(&line);
            }
            line.clear();
        }
        if first.is_empty() {
            return;
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        let (status, content) = if first.starts_with("PUT") {
            let Some(status) = fake.lock().unwrap().put(body) else { return };
            (status, Vec::new())
        } else {
            ("200 OK", fake.lock().unwrap().object.clone().unwrap())
        };
        let head = format!(
            "HTTP/1.1 {status}\r\nETag: \"1\"\r\nLast-Modified: Wed, 21 Oct 2015 07:28:00 GMT\r\nContent-Length: {}\r\n\r\n",
            content.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&content).await.unwrap();
    }
}

/// Puts an object into a store where this becomes of each try; how often it was put, and what the store has then.
async fn put(fates: &[Fate]) -> (Result<(), BlobError>, usize, Option<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = S3Options {
        endpoint: Some(format!("http://{}", listener.local_addr().unwrap())),
        key: Some(("name".to_owned(), "secret".to_owned())),
        ..S3Options::default()
    };
    let fake = Fake { object: None, fates: fates.iter().copied().collect(), puts: 0 };
    let fake = Arc::new(Mutex::new(fake));
    let kept = Arc::clone(&fake);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection(stream, Arc::clone(&kept)));
        }
    });
    let blobs = Blobs::open_with("s3://bucket/prefix", &options).unwrap();
    let mut writer = blobs.writer(Key::parse("a/b").unwrap());
    writer.write(Bytes::from_static(b"mine, ")).await.unwrap();
    writer.write(Bytes::from_static(b"in pieces")).await.unwrap();
    let done = writer.finish().await.map(drop);
    let fake = fake.lock().unwrap();
    (done, fake.puts, fake.object.clone())
}

#[tokio::test]
async fn a_put_whose_answer_was_lost_is_done() {
    for fates in [&[][..], &[Fate::Cut], &[Fate::Denied], &[Fate::Refused, Fate::Refused, Fate::Cut]] {
        let (done, puts, kept) = put(fates).await;
        done.unwrap();
        assert_eq!(kept.unwrap(), b"mine, in pieces");
        assert_eq!(puts, fates.len() + 1);
    }
}

#[tokio::test]
async fn somebody_else_s_object_is_not_taken_for_ones_own() {
    for fates in [&[Fate::Overtaken][..], &[Fate::Refused, Fate::Overtaken]] {
        let (done, puts, kept) = put(fates).await;
        assert!(matches!(done, Err(BlobError::AlreadyExists { .. })), "{done:?}");
        assert_eq!(kept.unwrap(), b"somebody else's");
        assert_eq!(puts, fates.len());
    }
}
