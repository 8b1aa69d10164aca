//! A data folder with a person, a team and uploads, and a worker process on it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use meridian_blobs::{Blobs, layout};
use meridian_domain::clock::Clock;
use meridian_domain::enums::{Priority, PublishState, TeamVisibility, UpdateKind, UpdateStatus};
use meridian_domain::ids::{TeamId, UpdateId, UploadId, UserId, WorkspaceId};
use meridian_store::repo::updates::{self, Audience, NewUpdate, RowUpdate};
use meridian_store::repo::uploads::{self, NewChunk, NewUpload};
use meridian_store::repo::users::{self, NewUser};
use meridian_store::repo::{teams, workspaces};
use meridian_store::{Store, StoreOptions};

/// Longest wait for anything; a build without optimisation on a busy machine is slow.
const PATIENCE: Duration = Duration::from_mins(2);
/// Far from now, in milliseconds since 1970.
const NEVER_MS: i64 = 9_999_999_999_999;

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    pub(crate) user: UserId,
    pub(crate) workspace: WorkspaceId,
    team: TeamId,
    audience: meridian_domain::ids::AudienceId,
}

/// An update with its open upload.
#[derive(Clone, Copy)]
pub(crate) struct Recording {
    pub(crate) update: UpdateId,
    pub(crate) upload: UploadId,
}

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/media").join(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// H.264 and AAC of 960x540 that can be copied, 6 s, made by ffmpeg's program.
pub(crate) fn large_copyable(world: &World) -> Vec<u8> {
    let path = world.folder.path().join("large.mp4");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "testsrc2=s=960x540:r=24:d=6", "-f", "lavfi", "-i"])
        .args(["sine=frequency=440:duration=6", "-c:v", "libx264", "-preset", "ultrafast", "-g", "48"])
        .args(["-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart"])
        .arg(&path)
        .status()
        .unwrap();
    assert!(made.success());
    std::fs::read(&path).unwrap()
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("meridian.db").display());
        let store = Store::open(&StoreOptions { url, max_readers: 2 }, Clock::system()).await.unwrap();
        store.migrate().await.unwrap();
        let blobs = Blobs::open(&format!("file://{}", folder.path().join("objects").display())).unwrap();
        let tx = store.write().await.unwrap();
        let user = NewUser {
            email: "ada@example.org".to_owned(),
            display_name: "Ada".to_owned(),
            password_hash: None,
            time_zone: "UTC".to_owned(),
        };
        let user = users::create(&tx, user).await.unwrap().id;
        let workspace = workspaces::create(&tx, "Works", user).await.unwrap().id;
        let team = teams::create(&tx, workspace, "Team", TeamVisibility::Open, user).await.unwrap();
        tx.commit().await.unwrap();
        Self { folder, store, blobs, user, workspace, team: team.id, audience: team.audience_id }
    }

    /// An update and its upload; `length_bytes`: `None` for a recorder that is still recording.
    pub(crate) async fn recording(&self, length_bytes: Option<usize>) -> Recording {
        let tx = self.store.write().await.unwrap();
        let new = NewUpdate {
            workspace_id: self.workspace,
            team_id: self.team,
            audience: Audience::Existing(self.audience),
            author_id: self.user,
            title: String::new(),
            kind: UpdateKind::Video,
            body: String::new(),
            links: vec![],
            publish_state: PublishState::Published,
            publish_at: None,
            priority: Priority::Normal,
            round_id: None,
            reply_to_id: None,
            language: None,
            client_duration_ms: None,
            chapters: vec![],
        };
        let update = updates::insert(&tx, &new).await.unwrap().id;
        let new = NewUpload {
            update_id: update,
            length_bytes: length_bytes.map(|n| u64::try_from(n).unwrap()),
            metadata: String::new(),
            filename: "clip".to_owned(),
            filetype: String::new(),
            expires_at_ms: NEVER_MS,
        };
        let upload = uploads::create(&tx, self.user, new).await.unwrap().id;
        tx.commit().await.unwrap();
        Recording { update, upload }
    }

    /// What a PATCH does: an object, then its row.
    pub(crate) async fn send(&self, to: Recording, offset: usize, bytes: &[u8]) {
        let offset = u64::try_from(offset).unwrap();
        let key = layout::upload_part(to.upload.0, offset);
        self.blobs.put_new(&key, Bytes::copy_from_slice(bytes)).await.unwrap();
        let chunk =
            NewChunk { size_bytes: u64::try_from(bytes.len()).unwrap(), object_key: key.as_str().to_owned() };
        let tx = self.store.write().await.unwrap();
        uploads::append(&tx, self.user, to.upload, offset, &[chunk], true, NEVER_MS).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The empty PATCH that ends a recorder's upload.
    pub(crate) async fn end(&self, to: Recording, length: usize) {
        let length = u64::try_from(length).unwrap();
        let tx = self.store.write().await.unwrap();
        uploads::declare_length(&tx, self.user, to.upload, length).await.unwrap();
        uploads::append(&tx, self.user, to.upload, length, &[], true, NEVER_MS).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A file in pieces of 64 KiB, whole.
    pub(crate) async fn upload(&self, bytes: &[u8]) -> Recording {
        let recording = self.recording(Some(bytes.len())).await;
        for (n, piece) in bytes.chunks(64 * 1024).enumerate() {
            self.send(recording, n * 64 * 1024, piece).await;
        }
        recording
    }

    pub(crate) async fn row(&self, id: UpdateId) -> RowUpdate {
        updates::find_any(self.store.reader(), id).await.unwrap().unwrap()
    }

    /// Waits until an update is as wanted; panics with what it is instead.
    pub(crate) async fn until(&self, id: UpdateId, wanted: impl Fn(&RowUpdate) -> bool) -> RowUpdate {
        let started = Instant::now();
        loop {
            let row = self.row(id).await;
            if wanted(&row) {
                return row;
            }
            assert!(started.elapsed() < PATIENCE, "still {row:?}; {}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) async fn until_status(&self, id: UpdateId, status: UpdateStatus) -> RowUpdate {
        self.until(id, |row| {
            let failed = row.status == UpdateStatus::Failed && status != UpdateStatus::Failed;
            assert!(!failed, "failed: {:?} {:?}", row.failure_code, row.failure_detail);
            row.status == status
        })
        .await
    }

    /// Without speech recognition, unless `model` names an installed one.
    pub(crate) fn worker(&self, model: Option<&Path>, extra: &[(&str, &str)]) -> Worker {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("worker.log"))
            .unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_meridian-worker"));
        command
            .arg("run")
            .env("MERIDIAN_DATA_DIR", self.folder.path())
            .env("MERIDIAN_WHISPER_MODEL", model.unwrap_or(Path::new("/nowhere/none.bin")))
            .env("MERIDIAN_TEST_SWEEP_MS", "300")
            .env("MERIDIAN_LOG", "info,sqlx=warn,sea_orm=warn")
            .envs(extra.iter().copied())
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stderr(log);
        Worker(command.spawn().unwrap())
    }

    /// A look into the tables that no finder gives; through a program of its own.
    pub(crate) fn sqlite(&self, sql: &str) -> String {
        let database = self.folder.path().join("meridian.db");
        let script = "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], timeout=20)\n\
            rows = c.execute(sys.argv[2]).fetchall()\nc.commit()\nprint('\\n'.join('|'.join(map(str, r)) for r in rows))";
        let output = Command::new("python3").args(["-c", script]).arg(database).arg(sql).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// What the workers said, for a failed test's output.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("worker.log")).unwrap_or_default()
    }
}

/// A worker process; killed when it is dropped.
pub(crate) struct Worker(Child);

impl Worker {
    /// SIGSTOP, and every thread has heard it: the signal's sender goes on before they do.
    pub(crate) async fn stop(&self) {
        self.signal("STOP");
        let tasks = format!("/proc/{}/task", self.0.id());
        let stands = |task: std::fs::DirEntry| {
            // "pid (name) state …"; a name may hold anything but the last bracket.
            let stat = std::fs::read_to_string(task.path().join("stat"));
            // A thread that has ended meanwhile does nothing either.
            stat.map_or(true, |stat| stat.rsplit(") ").next().unwrap().starts_with('T'))
        };
        let started = Instant::now();
        while !std::fs::read_dir(&tasks).unwrap().all(|task| stands(task.unwrap())) {
            assert!(started.elapsed() < PATIENCE, "the worker does not stand");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) fn signal(&self, name: &str) {
        let done = Command::new("kill").arg(format!("-{name}")).arg(self.0.id().to_string()).status();
        assert!(done.unwrap().success());
    }

    /// Its media children, by the process table.
    pub(crate) fn children(&self) -> Vec<u32> {
        let path = format!("/proc/{0}/task", self.0.id());
        let Ok(tasks) = std::fs::read_dir(path) else { return Vec::new() };
        tasks
            .flatten()
            .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
            .flat_map(|text| text.split_whitespace().filter_map(|n| n.parse().ok()).collect::<Vec<u32>>())
            .collect()
    }

    pub(crate) fn wait(mut self) -> std::process::ExitStatus {
        self.0.wait().unwrap()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// The small English model, when `meridian-worker model fetch tiny.en` was run here.
pub(crate) fn tiny_model() -> Option<PathBuf> {
    let folder = std::env::var_os("MERIDIAN_MODEL_DIR").map(PathBuf::from).or_else(|| {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
        Some(cache.or_else(home)?.join("meridian/models"))
    })?;
    Some(folder.join("ggml-tiny.en-q8_0.bin")).filter(|path| path.is_file())
}
