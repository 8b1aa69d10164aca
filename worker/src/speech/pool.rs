//! One model, one inference at a time: the windows of all jobs share a queue, the urgent ones first.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use meridian_media::speech::{Abort, Options, RecognisedSegment, Recogniser, SpeechError, Window};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::error::JobError;

/// Cores that inference keeps busy.
const THREADS: usize = 2;

/// A window to be recognised.
pub(crate) struct Request {
    /// Higher goes first.
    pub(crate) priority: i64,
    /// The weights.
    pub(crate) model: PathBuf,
    /// What to listen to.
    pub(crate) window: Window,
    /// `None` detects it.
    pub(crate) language: Option<String>,
    /// The team's names and terms.
    pub(crate) glossary: Vec<String>,
}

/// What was heard in a window.
#[derive(Debug)]
pub(crate) struct Heard {
    /// In which language.
    pub(crate) language: String,
    /// How sure that is; 1 when it was given.
    pub(crate) probability: f32,
    /// The text; none for a window without words.
    pub(crate) segments: Vec<RecognisedSegment>,
    /// How long it took.
    pub(crate) took: Duration,
}

/// The recogniser's thread and its queue; cheap to clone. The thread ends with the last handle.
#[derive(Clone)]
pub(crate) struct Pool {
    shared: Arc<Shared>,
    _alive: Arc<Closer>,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

struct Closer(Arc<Shared>);

impl Drop for Closer {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.changed.notify_all();
    }
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    waiting: BinaryHeap<Entry>,
    next: u64,
    closed: bool,
}

struct Entry {
    request: Request,
    order: u64,
    stop: CancellationToken,
    reply: oneshot::Sender<Result<Heard, SpeechError>>,
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        // A heap gives the greatest: the highest priority, then the oldest.
        self.request.priority.cmp(&other.request.priority).then(other.order.cmp(&self.order))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next entry; `Ok(None)`: nothing came for `idle`; `Err(())`: closed.
    fn next(&self, idle: Duration) -> Result<Option<Entry>, ()> {
        let guard = self.lock();
        let nothing = |queue: &mut Queue| queue.waiting.is_empty() && !queue.closed;
        let (mut queue, _) =
            self.changed.wait_timeout_while(guard, idle, nothing).unwrap_or_else(PoisonError::into_inner);
        if queue.closed {
            return Err(());
        }
        Ok(queue.waiting.pop())
    }
}

impl Pool {
    /// Starts the thread. The model is loaded with the first window and released after `idle` without one.
    pub(crate) fn start(idle: Duration) -> Result<Self, JobError> {
        let shared = Arc::<Shared>::default();
        let thread = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("recogniser".to_owned())
            .spawn(move || work(&thread, idle))
            .map_err(JobError::io("starting the recogniser's thread"))?;
        Ok(Self { _alive: Arc::new(Closer(Arc::clone(&shared))), shared })
    }

    /// Recognises a window when its turn comes. Dropping the future stops the inference.
    pub(crate) async fn hear(&self, request: Request) -> Result<Heard, JobError> {
        let stop = CancellationToken::new();
        let _stopped_when_dropped = stop.clone().drop_guard();
        let (reply, answer) = oneshot::channel();
        {
            let mut queue = self.shared.lock();
            let order = queue.next;
            queue.next += 1;
            queue.waiting.push(Entry { request, order, stop, reply });
        }
        self.shared.changed.notify_all();
        match answer.await {
            Ok(heard) => Ok(heard?),
            Err(_closed) => Err(JobError::Shutdown),
        }
    }
}

fn work(shared: &Shared, idle: Duration) {
    let mut loaded: Option<(PathBuf, Recogniser)> = None;
    loop {
        // Without a model in memory there is nothing to release.
        let wait = if loaded.is_some() { idle } else { Duration::from_hours(1) };
        let entry = match shared.next(wait) {
            Err(()) => return,
            Ok(None) => {
                if loaded.take().is_some() {
                    tracing::info!("the speech model was released");
                }
                continue;
            }
            Ok(Some(entry)) => entry,
        };
        if entry.stop.is_cancelled() {
            continue;
        }
        let heard = recognise(&mut loaded, &entry);
        // Whoever asked may be gone.
        drop(entry.reply.send(heard));
    }
}

fn recognise(loaded: &mut Option<(PathBuf, Recogniser)>, entry: &Entry) -> Result<Heard, SpeechError> {
    let request = &entry.request;
    let recogniser = match loaded {
        Some((path, recogniser)) if *path == request.model => recogniser,
        other => {
            *other = None;
            let recogniser = Recogniser::load(&request.model, THREADS)?;
            tracing::info!(model = %request.model.display(), "the speech model was loaded");
            &mut other.insert((request.model.clone(), recogniser)).1
        }
    };
    let began = Instant::now();
    let (language, probability) = if let Some(language) = &request.language {
        (language.clone(), 1.0)
    } else {
        let detected = recogniser.detect_language(&request.window)?;
        (detected.code, detected.probability)
    };
    let stop = entry.stop.clone();
    let abort: Abort = Arc::new(move || stop.is_cancelled());
    let options = Options {
        language: Some(language.clone()),
        glossary: request.glossary.clone(),
        translate: false,
        abort: Some(abort),
    };
    let segments = recogniser.transcribe(&request.window, &options)?;
    Ok(Heard { language, probability, segments, took: began.elapsed() })
}
