//! What reaches people outside the pages: mail through a mail server that is not ours, webhooks, the browser's own
//! notifications; and how each is turned off.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::instance::Instance;

/// A mail server; it ends with the test.
struct Sink {
    process: Child,
    port: u16,
}

impl Sink {
    fn start(folder: &Path) -> Self {
        let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
        let python = clients.join(".venv/bin/python");
        assert!(python.exists(), "the Python clients are missing: `make test` installs them");
        let mut process = Command::new(python)
            .arg(clients.join("smtp_sink.py"))
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { process, port: line.trim().parse().unwrap() }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[tokio::test]
async fn people_are_told_and_turn_it_off() {
    let mails = tempfile::TempDir::new().unwrap();
    let sink = Sink::start(mails.path());
    let settings = [
        ("MERIDIAN_SMTP_URL", format!("smtp://127.0.0.1:{}", sink.port)),
        ("MERIDIAN_WEBHOOK_ALLOW", "127.0.0.1".to_owned()),
    ];
    let mut instance = Instance::start_with(settings.to_vec(), "2026-11-02T09:00:00Z").await;
    let given = [instance.pictures().into(), instance.clock().into(), mails.path().into()];
    instance.plays("told.mjs", given).await;
}
