//! One model for all jobs: their windows share a queue, the urgent ones first. A window that is alone, as in a live
//! recording, has all cores; several have one each, which is worth more: two threads in one inference wait for each other.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use meridian_media::speech::{
    Abort, DetectedLanguage, Options, RecognisedSegment, Recogniser, SpeechError, Weights, Window,
};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::error::JobError;

/// Cores that inference keeps busy, and windows that are recognised at once.
const CORES: usize = 2;

/// A window to be recognised.
pub(crate) struct Request {
    /// Higher goes first.
    pub(crate) priority: i64,
    /// The weights.
    pub(crate) model: PathBuf,
    /// What to listen to.
    pub(crate) window: Arc<Window>,
    /// Nothing else of its recording waits for a core: neither another window nor the rest of the sound.
    pub(crate) alone: bool,
}

/// What was heard in a window.
#[derive(Debug)]
pub(crate) struct Heard {
    /// In which language.
    pub(crate) language: String,
    /// The text; none for a window without words.
    pub(crate) segments: Vec<RecognisedSegment>,
    /// How long it took, on one core or on more.
    pub(crate) took: Duration,
    /// How much was listened to.
    pub(crate) audio: Duration,
}

/// The recognisers' threads and their queue; cheap to clone. The threads end with the last handle.
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
    /// Locked while they are loaded, so that nobody loads them twice.
    weights: Mutex<Option<(PathBuf, Weights)>>,
}

#[derive(Default)]
struct Queue {
    waiting: BinaryHeap<Entry>,
    next: u64,
    closed: bool,
    /// Cores that are given out.
    busy: usize,
    /// Recognisers without a window, the one that was used last at the end.
    resting: Vec<Resting>,
}

struct Resting {
    model: PathBuf,
    recogniser: Recogniser,
    since: Instant,
}

struct Entry {
    request: Request,
    order: u64,
    stop: CancellationToken,
    question: Question,
}

type Reply<T> = oneshot::Sender<Result<T, SpeechError>>;

/// What somebody wants to know of a window.
enum Question {
    /// What is spoken; and how long it took to tell.
    Language(Reply<(DetectedLanguage, Duration)>),
    /// What is said, in that language and with the team's names and terms.
    Text { language: String, glossary: Vec<String>, reply: Reply<Heard> },
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

    /// The next entry with the cores it may use, and a recogniser that was used before. `None`: closed. Recognisers that
    /// have rested for `idle` are released meanwhile.
    fn next(&self, idle: Duration) -> Option<(Entry, usize, Option<Recogniser>)> {
        let mut queue = self.lock();
        loop {
            if queue.closed {
                return None;
            }
            if queue.busy < CORES
                && let Some(entry) = queue.waiting.pop()
            {
                let alone = entry.request.alone && queue.waiting.is_empty();
                let cores = if alone { CORES - queue.busy } else { 1 };
                queue.busy += cores;
                let model = &entry.request.model;
                let used = queue.resting.iter().rposition(|resting| resting.model == *model);
                let used = used.map(|at| queue.resting.remove(at).recogniser);
                return Some((entry, cores, used));
            }
            queue = self.wait(queue, idle);
        }
    }

    /// Until something changed, or somebody has rested for `idle` and was released.
    fn wait<'a>(&'a self, mut queue: MutexGuard<'a, Queue>, idle: Duration) -> MutexGuard<'a, Queue> {
        let Some(rested) = queue.resting.iter().map(|resting| resting.since.elapsed()).max() else {
            return self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        };
        if let Some(left) = idle.checked_sub(rested).filter(|left| !left.is_zero()) {
            return self.changed.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        let all = queue.resting.len();
        queue.resting.retain(|resting| resting.since.elapsed() < idle);
        if queue.resting.is_empty() && queue.busy == 0 {
            *self.weights.lock().unwrap_or_else(PoisonError::into_inner) = None;
            tracing::info!("the speech model was released");
        } else {
            tracing::debug!(released = all - queue.resting.len(), "recognisers were released");
        }
        queue
    }

    /// Somebody is done with an entry.
    fn rest(&self, cores: usize, rested: Option<Resting>) {
        let mut queue = self.lock();
        queue.busy = queue.busy.saturating_sub(cores);
        queue.resting.extend(rested);
        drop(queue);
        self.changed.notify_all();
    }

    fn weights(&self, model: &Path) -> Result<Weights, SpeechError> {
        let mut loaded = self.weights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((path, weights)) = &*loaded
            && path == model
        {
            return Ok(weights.clone());
        }
        // Another model's memory goes with its last recogniser.
        *loaded = None;
        let weights = Weights::load(model)?;
        tracing::info!(model = %model.display(), "the speech model was loaded");
        *loaded = Some((model.to_owned(), weights.clone()));
        Ok(weights)
    }
}

impl Pool {
    /// Starts the threads. The model is loaded with the first window and released after `idle` without one.
    pub(crate) fn start(idle: Duration) -> Result<Self, JobError> {
        let shared = Arc::<Shared>::default();
        for _ in 0..CORES {
            let thread = Arc::clone(&shared);
            std::thread::Builder::new()
                .name("recogniser".to_owned())
                .spawn(move || work(&thread, idle))
                .map_err(JobError::io("starting a recogniser's thread"))?;
        }
        Ok(Self { _alive: Arc::new(Closer(Arc::clone(&shared))), shared })
    }

    /// Tells the language of a window when its turn comes, and how long that took.
    pub(crate) async fn language(&self, request: Request) -> Result<(DetectedLanguage, Duration), JobError> {
        self.ask(request, Question::Language).await
    }

    /// Recognises a window when its turn comes; `glossary`: the team's names and terms. Dropping the future stops the
    /// inference.
    pub(crate) async fn hear(
        &self,
        request: Request,
        language: String,
        glossary: Vec<String>,
    ) -> Result<Heard, JobError> {
        self.ask(request, |reply| Question::Text { language, glossary, reply }).await
    }

    async fn ask<T>(
        &self,
        request: Request,
        question: impl FnOnce(Reply<T>) -> Question,
    ) -> Result<T, JobError> {
        let stop = CancellationToken::new();
        let _stopped_when_dropped = stop.clone().drop_guard();
        let (reply, answer) = oneshot::channel();
        let question = question(reply);
        {
            let mut queue = self.shared.lock();
            let order = queue.next;
            queue.next += 1;
            queue.waiting.push(Entry { request, order, stop, question });
        }
        self.shared.changed.notify_all();
        match answer.await {
            Ok(heard) => Ok(heard?),
            Err(_closed) => Err(JobError::Shutdown),
        }
    }
}

fn work(shared: &Shared, idle: Duration) {
    while let Some((entry, cores, used)) = shared.next(idle) {
        let mut used = used;
        let Entry { request, stop, question, .. } = entry;
        if !stop.is_cancelled() {
            match used.take().map_or_else(|| fresh(shared, &request.model), Ok) {
                Ok(mut recogniser) => {
                    recogniser.set_threads(cores);
                    answer(&mut recogniser, &request.window, question, &stop);
                    used = Some(recogniser);
                }
                Err(error) => question.failed(error),
            }
        }
        let model = request.model;
        shared.rest(cores, used.map(|recogniser| Resting { model, recogniser, since: Instant::now() }));
    }
}

fn fresh(shared: &Shared, model: &Path) -> Result<Recogniser, SpeechError> {
    // Those of another model are not wanted any more, as long as they take memory.
    shared.lock().resting.retain(|resting| resting.model == *model);
    shared.weights(model)?.recogniser(1)
}

impl Question {
    fn failed(self, error: SpeechError) {
        // Whoever asked may be gone.
        match self {
            Self::Language(reply) => drop(reply.send(Err(error))),
            Self::Text { reply, .. } => drop(reply.send(Err(error))),
        }
    }
}

/// Whoever asked may be gone.
fn answer(recogniser: &mut Recogniser, window: &Window, question: Question, stop: &CancellationToken) {
    match question {
        Question::Language(reply) => {
            let began = Instant::now();
            let detected = recogniser.detect_language(window);
            drop(reply.send(detected.map(|detected| (detected, began.elapsed()))));
        }
        Question::Text { language, glossary, reply } => {
            drop(reply.send(recognise(recogniser, window, language, glossary, stop)));
        }
    }
}

fn recognise(
    recogniser: &mut Recogniser,
    window: &Window,
    language: String,
    glossary: Vec<String>,
    stop: &CancellationToken,
) -> Result<Heard, SpeechError> {
    let began = Instant::now();
    let stop = stop.clone();
    let abort: Abort = Arc::new(move || stop.is_cancelled());
    let options =
        Options { language: Some(language.clone()), glossary, translate: false, abort: Some(abort) };
    let segments = recogniser.transcribe(window, &options)?;
    let audio = Duration::from_millis(u64::try_from(window.audio_ms()).unwrap_or(0));
    Ok(Heard { language, segments, took: began.elapsed(), audio })
}
