//! Scripts of `browser/` against an instance.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::instance::Instance;

/// The recording with speech that ships with the tests.
pub(crate) fn spoken() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/media/spoken-update.webm")
}

impl Instance {
    /// A folder of the instance for a script's pictures and browsers' profiles.
    pub(crate) fn pictures(&self) -> PathBuf {
        let folder = self.data().join("pictures");
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// Runs a script with the instance's address and what it is given, until all its steps are done; answers what it
    /// printed. Each `RESTART` of it is a SIGKILL and a new start of the server.
    pub(crate) async fn plays<const N: usize>(&mut self, script: &str, given: [OsString; N]) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let clients = folder.join("clients/node_modules");
        assert!(clients.exists(), "run `npm ci` in tests/clients first (make test does)");
        let errors = self.data().join(format!("{script}.log"));
        let mut node = Command::new("node")
            .current_dir(folder)
            .arg(format!("browser/{script}"))
            .arg(&self.base)
            .args(given)
            // What the administrator's command needs to find this instance.
            .env("MERIDIAN_DATA_DIR", self.data())
            .env("MERIDIAN_TEST_CLOCK", self.clock())
            .env("MERIDIAN_LISTEN", self.base.trim_start_matches("http://"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&errors).unwrap())
            .spawn()
            .unwrap();
        let mut answers = node.stdin.take().unwrap();
        let lines = BufReader::new(node.stdout.take().unwrap()).lines();
        let (sender, mut told) = tokio::sync::mpsc::unbounded_channel();
        std::thread::spawn(move || lines.map_while(Result::ok).all(|line| sender.send(line).is_ok()));
        let mut all = String::new();
        while let Some(line) = told.recv().await {
            if line == "RESTART" {
                self.kill_and_restart().await;
                writeln!(answers, "done").unwrap();
            }
            all.push_str(&line);
            all.push('\n');
        }
        let status = tokio::task::spawn_blocking(move || node.wait()).await.unwrap().unwrap();
        let errors = std::fs::read_to_string(&errors).unwrap();
        assert!(status.success() && all.contains("all steps done"), "{all}\n{errors}\n{}", self.log());
        all
    }
}
