//! A mail server that keeps what it gets.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What came, headers and body as they went over the wire.
pub(crate) type Mails = Arc<Mutex<Vec<String>>>;

/// What the connections share.
#[derive(Clone)]
pub(crate) struct Sink {
    pub(crate) url: String,
    pub(crate) came: Mails,
    turn: Arc<Mutex<std::slice::Iter<'static, &'static str>>>,
    hang: Arc<AtomicBool>,
    hung: Arc<Notify>,
}

impl Sink {
    /// The first `MAIL FROM`s get these answers, all others are taken.
    pub(crate) async fn start(answers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = Self {
            url: format!("smtp://127.0.0.1:{}", listener.local_addr().unwrap().port()),
            came: Mails::default(),
            turn: Arc::new(Mutex::new(answers.iter())),
            hang: Arc::default(),
            hung: Arc::default(),
        };
        let all = sink.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(all.clone().talk(stream));
            }
        });
        sink
    }

    /// The next mail is kept and its sender never hears of it.
    pub(crate) fn swallow_the_next(&self) {
        self.hang.store(true, Ordering::SeqCst);
    }

    /// Waits until that has happened.
    pub(crate) async fn swallowed(&self) {
        self.hung.notified().await;
    }

    async fn talk(self, stream: TcpStream) {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 sink\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            let upper = line.to_uppercase();
            let answer = if upper.starts_with("MAIL") {
                self.turn.lock().unwrap().next().copied().unwrap_or("250 ok")
            } else if upper.starts_with("DATA") {
                write.write_all(b"354 go\r\n").await.unwrap();
                let mut text = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    text.push_str(&line);
                    text.push('\n');
                }
                self.came.lock().unwrap().push(text);
                if self.hang.swap(false, Ordering::SeqCst) {
                    self.hung.notify_one();
                    return std::future::pending().await;
                }
                "250 kept"
            } else if upper.starts_with("QUIT") {
                "221 bye"
            } else {
                "250 sink"
            };
            if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
                return;
            }
        }
    }
}
