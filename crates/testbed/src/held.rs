//! A server that ends with the process that started it.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Files are kept in memory where so much is free there, in bytes.
const LEAST_MEMORY_BYTES: u64 = 4 << 30;
/// How long a server may take until it answers.
const READY_WITHIN: Duration = Duration::from_mins(1);

/// The shell that holds a server. It ends the server when its standard input closes: when this is dropped, or when
/// this process is gone.
#[derive(Debug)]
pub(crate) struct Held {
    child: Child,
    pub(crate) folder: PathBuf,
}

impl Held {
    /// A new folder for a server, readable for whatever user it will run as; in memory where there is room, since
    /// what is written is forgotten soon.
    pub(crate) fn folder() -> std::io::Result<PathBuf> {
        use std::os::unix::fs::PermissionsExt as _;
        let memory = Path::new("/dev/shm");
        let roomy = rest_of(memory).is_some_and(|bytes| bytes > LEAST_MEMORY_BYTES);
        let below = if roomy { memory.to_owned() } else { std::env::temp_dir() };
        let folder = tempfile::Builder::new().prefix("meridian-test-").tempdir_in(below)?.keep();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755))?;
        Ok(folder)
    }

    /// Starts `program` as `user` (`-`: as whoever this is) with its log in the folder; `signal` ends it.
    pub(crate) fn start(
        folder: PathBuf,
        user: &str,
        signal: &str,
        program: &[&str],
        environment: &[(&str, &str)],
    ) -> std::io::Result<Self> {
        let child = Command::new("bash")
            .args(["-c", include_str!("hold.sh"), "hold.sh"])
            .arg(&folder)
            .arg(user)
            .arg(signal)
            .args(program)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self { child, folder })
    }

    /// Waits until `ready` says yes.
    pub(crate) fn wait_until(&mut self, what: &str, ready: impl Fn() -> bool) {
        let began = Instant::now();
        while !ready() {
            let ended = self.child.try_wait().is_ok_and(|status| status.is_some());
            if ended || began.elapsed() > READY_WITHIN {
                let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                panic!("{what} did not start: {log}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

/// Bytes that are free in a file system.
fn rest_of(folder: &Path) -> Option<u64> {
    let asked = Command::new("df").args(["--output=avail", "-B1"]).arg(folder).output().ok()?;
    String::from_utf8_lossy(&asked.stdout).lines().nth(1)?.trim().parse().ok()
}

/// Ports of loopback that nobody listened on a moment ago. They lie below those that the system gives to outgoing
/// connections, and `beside` (0 for none) is free above each.
pub(crate) fn free_ports(count: usize, beside: u16) -> std::io::Result<Vec<u16>> {
    let start = u16::try_from(std::process::id() % 8_000).unwrap_or(0);
    let mut found = Vec::with_capacity(count);
    for step in 0..8_000_u16 {
        let port = 12_000 + (start + step) % 8_000;
        let free = |port: u16| {
            TcpListener::bind(("127.0.0.1", port)).is_ok() && TcpStream::connect(("127.0.0.1", port)).is_err()
        };
        if free(port) && (beside == 0 || free(port + beside)) {
            found.push(port);
            if found.len() == count {
                return Ok(found);
            }
        }
    }
    Err(std::io::Error::other("no free ports"))
}
