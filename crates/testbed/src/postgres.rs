//! PostgreSQL in a folder of its own.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::held::{Held, free_ports};
use crate::missing;

/// A running PostgreSQL that trusts whoever comes over loopback.
#[derive(Debug)]
pub struct Postgres {
    /// The port on 127.0.0.1.
    pub port: u16,
    /// Where its data is; the file `log` in it tells what it did.
    pub folder: PathBuf,
    programs: PathBuf,
    made: AtomicU32,
    template: Mutex<Option<String>>,
    held: Mutex<Option<Held>>,
}

impl Postgres {
    /// Starts another one.
    ///
    /// # Panics
    /// It does not start.
    #[expect(clippy::expect_used, reason = "this crate is for tests")]
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            missing("PostgreSQL (Debian's postgresql)");
            return None;
        };
        let folder = Held::folder().expect("a folder");
        let port = free_ports(1, 0).expect("a free port").first().copied().unwrap_or_default();
        let at = |name: &str| programs.join(name).display().to_string();
        let data = folder.join("data").display().to_string();
        let init = format!(
            "{} --pgdata={data} --username=meridian --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync\n",
            at("initdb")
        );
        std::fs::write(folder.join("before.initdb"), init).expect("a script");
        let arguments = [
            at("postgres"),
            format!("-D{data}"),
            format!("-p{port}"),
            "-clisten_addresses=127.0.0.1".to_owned(),
            format!("-cunix_socket_directories={}", folder.display()),
            "-cmax_connections=300".to_owned(),
            "-cshared_buffers=64MB".to_owned(),
        ];
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut held = Held::start(folder.clone(), "postgres", "QUIT", &arguments, &[]).expect("bash");
        let ready = programs.join("pg_isready");
        held.wait_until("PostgreSQL", || {
            let asked =
                Command::new(&ready).args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]).status();
            asked.is_ok_and(|status| status.success())
        });
        Some(Self {
            port,
            folder,
            programs,
            made: AtomicU32::new(0),
            template: Mutex::new(None),
            held: Mutex::new(Some(held)),
        })
    }

    /// Makes an empty database and tells its address.
    pub fn database(&self) -> String {
        self.create(None)
    }

    /// Makes a database that is a copy of one that `fill` filled, once a process.
    pub fn filled(&self, fill: impl FnOnce(&str)) -> String {
        let mut template = self.template.lock().unwrap_or_else(PoisonError::into_inner);
        let name = template.get_or_insert_with(|| {
            let url = self.create(None);
            fill(&url);
            url.rsplit('/').next().unwrap_or_default().to_owned()
        });
        self.create(Some(name))
    }

    /// Runs statements as the one who owns everything.
    ///
    /// # Panics
    /// They are refused.
    pub fn sql(&self, database: &str, statements: &str) -> String {
        let asked = Command::new(self.programs.join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", "meridian"])
            .args(["-p", &self.port.to_string(), "-d", database, "-c", statements])
            .output();
        match asked {
            Ok(done) if done.status.success() => String::from_utf8_lossy(&done.stdout).trim().to_owned(),
            other => panic!("{statements}: {other:?}"),
        }
    }

    /// All rows of a database, as text.
    ///
    /// # Panics
    /// It cannot be read.
    #[expect(clippy::expect_used, reason = "this crate is for tests")]
    pub fn dump(&self, database: &str) -> Vec<u8> {
        let asked = Command::new(self.programs.join("pg_dump"))
            .args([
                "--data-only",
                "-h",
                "127.0.0.1",
                "-U",
                "meridian",
                "-p",
                &self.port.to_string(),
                database,
            ])
            .output()
            .expect("pg_dump");
        assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
        asked.stdout
    }

    /// Stops it.
    pub fn stop(&self) {
        drop(self.held.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    fn create(&self, template: Option<&str>) -> String {
        let name = format!("t{}", self.made.fetch_add(1, Ordering::Relaxed));
        let from = template.map(|name| format!(" TEMPLATE {name}")).unwrap_or_default();
        self.sql("postgres", &format!("CREATE DATABASE {name}{from}"));
        format!("postgres://meridian@127.0.0.1:{}/{name}", self.port)
    }
}

/// The one of this process; `None` (said aloud) where the programs are missing.
pub fn postgres() -> Option<&'static Postgres> {
    static ONE: OnceLock<Option<Postgres>> = OnceLock::new();
    ONE.get_or_init(Postgres::start).as_ref()
}

/// The newest version that Debian installed, or what is on the path.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|entry| entry.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::var_os("PATH").iter().flat_map(|paths| std::env::split_paths(paths)));
    folders.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("psql").is_file())
}
