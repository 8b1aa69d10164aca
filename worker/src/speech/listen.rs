//! One recording's transcript: sound goes into a spool, a thread cuts windows of speech, each is recognised in its
//! turn and its text is there at once.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesOrdered;
use meridian_domain::enums::TranscriptStatus;
use meridian_domain::ids::{GenerationId, TranscriptId, UpdateId};
use meridian_domain::transcript::{Span, Word};
use meridian_media::speech::{Pace, RecognisedSegment, SpeechError, Window, Windower};
use meridian_store::repo::jobs::Lease;
use meridian_store::repo::{figures, processing};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::pool::{Heard, Request};
use super::spool::Spool;
use crate::context::{Context, ModelFile};
use crate::error::{JobError, chain};

/// Samples that voice activity looks at in one go: half a second.
const STRIDE_SAMPLES: u64 = 8_000;
/// With more sound than this waiting (8 s) nobody reads along: what is behind catches up in long windows.
const BEHIND_SAMPLES: u64 = 128_000;
/// Windows that are cut before somebody asks for them; more wait as sound in the spool.
const WINDOWS_AHEAD: usize = 1;
/// Windows of one recording that are at the recognisers or wait for them: as many as are recognised at once, and the
/// next.
const WINDOWS_HEARD: usize = 3;
/// How sure a detected language has to be to be kept for the rest of the recording.
const SURE: f32 = 0.5;

/// What the text is for.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// Whose job.
    pub(crate) lease: Lease,
    /// Higher goes first.
    pub(crate) priority: i64,
    /// Which update.
    pub(crate) update: UpdateId,
    /// Made from which media.
    pub(crate) generation: GenerationId,
    /// The language that was chosen.
    pub(crate) language: Option<String>,
    /// The team's names and terms.
    pub(crate) glossary: Vec<String>,
    /// Somebody is still speaking.
    pub(crate) live: bool,
}

/// A transcript in the making. Dropping it stops everything.
#[derive(Debug)]
pub(crate) struct Listening {
    spool: Arc<Spool>,
    text: AbortOnDropHandle<Result<(), JobError>>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.spool.give_up();
    }
}

impl Listening {
    /// Begins with a model that is there.
    pub(crate) fn start(context: &Context, about: About, model: PathBuf) -> Result<Self, JobError> {
        let spool = Spool::new(&context.scratch).map_err(JobError::io("making the sound's scratch file"))?;
        let spool = Arc::new(spool);
        let (send, windows) = mpsc::channel(WINDOWS_AHEAD);
        let (sound, live) = (Arc::clone(&spool), about.live);
        std::thread::Builder::new()
            .name("voice-activity".to_owned())
            .spawn(move || cut(&sound, live, &send))
            .map_err(JobError::io("starting a thread"))?;
        let writer = Writer {
            context: context.clone(),
            about,
            model,
            transcript: None,
            language: None,
            took: Duration::ZERO,
            audio: Duration::ZERO,
        };
        let text = AbortOnDropHandle::new(tokio::spawn(writer.run(windows)));
        Ok(Self { spool, text })
    }

    /// Sound: 16 kHz mono 16-bit little-endian.
    pub(crate) fn push(&self, start_sample: u64, bytes: &[u8]) -> Result<(), JobError> {
        self.spool.write(start_sample, bytes).map_err(JobError::io("writing the sound's scratch file"))
    }

    /// All sound is there: waits for the rest of the text.
    pub(crate) async fn finish(mut self) -> Result<(), JobError> {
        self.spool.end();
        (&mut self.text).await?
    }
}

/// A window on its way.
struct Cut {
    window: Arc<Window>,
    /// The next one is a while off, or there is none.
    alone: bool,
}

/// Cuts windows until the sound ends or nobody takes them any more.
fn cut(spool: &Spool, live: bool, send: &mpsc::Sender<Result<Cut, JobError>>) {
    if let Err(error) = cut_all(spool, live, send) {
        // Nobody there any more: nothing to tell.
        drop(send.blocking_send(Err(error)));
    }
}

fn cut_all(spool: &Spool, live: bool, send: &mpsc::Sender<Result<Cut, JobError>>) -> Result<(), JobError> {
    let mut windower = Windower::new()?;
    let (mut at, mut samples) = (0_u64, Vec::new());
    let unread = || JobError::io("reading the sound's scratch file");
    while spool.read(at, &mut samples, STRIDE_SAMPLES).map_err(unread())?.is_some() {
        at += u64::try_from(samples.len()).unwrap_or(0);
        let pace = if live && spool.waiting(at) < BEHIND_SAMPLES { Pace::Live } else { Pace::Whole };
        windower.set_pace(pace);
        for window in windower.push_s16(&samples)? {
            if send.blocking_send(Ok(Cut { window: Arc::new(window), alone: pace == Pace::Live })).is_err() {
                return Ok(());
            }
        }
    }
    let rest = windower.finish()?;
    let last = rest.len().saturating_sub(1);
    for (at, window) in rest.into_iter().enumerate() {
        if send.blocking_send(Ok(Cut { window: Arc::new(window), alone: at == last })).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

struct Writer {
    context: Context,
    about: About,
    model: PathBuf,
    transcript: Option<TranscriptId>,
    /// Once it is sure.
    language: Option<String>,
    /// What the recogniser took, and what it listened to.
    took: Duration,
    audio: Duration,
}

impl Writer {
    async fn run(mut self, mut windows: mpsc::Receiver<Result<Cut, JobError>>) -> Result<(), JobError> {
        self.language.clone_from(&self.about.language);
        let (mut guess, mut whole) = (None, false);
        let mut hearing = FuturesOrdered::new();
        loop {
            // A language that is not sure is asked of each window, and no text waits for that.
            let room = if self.language.is_some() { WINDOWS_HEARD } else { 1 };
            let step = tokio::select! {
                window = windows.recv(), if !whole && hearing.len() < room => {
                    match window {
                        Some(Ok(cut)) => self.language_of(&cut).await.map(|language| {
                            hearing.push_back(self.hear(&cut, language));
                        }),
                        Some(Err(error)) => Err(error),
                        None => {
                            whole = true;
                            Ok(())
                        }
                    }
                }
                Some(heard) = hearing.next() => match heard {
                    Ok(heard) => self.heard(heard, &mut guess).await,
                    Err(error) => Err(error),
                },
                else => break,
            };
            match step {
                Ok(()) => {}
                Err(JobError::Speech(error)) => return self.failed(&error).await,
                Err(other) => return Err(other),
            }
        }
        self.finish(guess).await
    }

    /// The recording's language, once a window has told it for sure; that of the window until then. It is asked before
    /// the text, with all cores: then the next window need not wait for this one's text.
    async fn language_of(&mut self, cut: &Cut) -> Result<String, JobError> {
        if let Some(language) = &self.language {
            return Ok(language.clone());
        }
        let request = Request { alone: true, ..self.request(cut) };
        let (detected, took) = self.context.speech.language(request).await?;
        self.took += took;
        if detected.probability >= SURE {
            self.language = Some(detected.code.clone());
        }
        Ok(detected.code)
    }

    async fn heard(&mut self, heard: Heard, guess: &mut Option<String>) -> Result<(), JobError> {
        self.took += heard.took;
        self.audio += heard.audio;
        if !heard.segments.is_empty() {
            guess.get_or_insert_with(|| heard.language.clone());
            self.append(heard).await?;
        }
        Ok(())
    }

    fn hear(
        &self,
        cut: &Cut,
        language: String,
    ) -> impl Future<Output = Result<Heard, JobError>> + Send + use<> {
        let window = &cut.window;
        tracing::debug!(update_id = %self.about.update, start_ms = window.start_ms(), end_ms = window.end_ms(),
            audio_ms = window.audio_ms(), "listening to a window");
        let (request, glossary) = (self.request(cut), self.about.glossary.clone());
        let pool = self.context.speech.clone();
        async move { pool.hear(request, language, glossary).await }
    }

    fn request(&self, cut: &Cut) -> Request {
        Request {
            priority: self.about.priority,
            model: self.model.clone(),
            window: Arc::clone(&cut.window),
            alone: cut.alone,
        }
    }

    async fn append(&mut self, heard: Heard) -> Result<(), JobError> {
        let about = &self.about;
        let tx = self.context.store.write().await?;
        let transcript = if let Some(id) = self.transcript {
            id
        } else {
            let (language, model) = (&heard.language, ModelFile::name(&self.model));
            let (update, generation) = (about.update, about.generation);
            processing::begin_transcript(&tx, &about.lease, update, generation, language, &model).await?
        };
        let spans: Vec<Span> = heard.segments.into_iter().map(span).collect();
        processing::append_window(&tx, &about.lease, about.update, transcript, &spans).await?;
        tx.commit().await?;
        self.transcript = Some(transcript);
        Ok(())
    }

    async fn finish(self, guess: Option<String>) -> Result<(), JobError> {
        let about = &self.about;
        let language = self.language.or(guess);
        let tx = self.context.store.write().await?;
        if let Some(transcript) = self.transcript {
            let language = language.as_deref();
            processing::finish_transcript(&tx, &about.lease, about.update, transcript, language).await?;
        } else {
            let status = TranscriptStatus::NoSpeech;
            processing::settle_transcript(&tx, &about.lease, about.update, status).await?;
        }
        tx.commit().await?;
        let totals = [
            (figures::TRANSCRIPTION_SECONDS, "", self.took),
            (figures::TRANSCRIBED_AUDIO_SECONDS, "", self.audio),
        ];
        crate::figures::add(&self.context, &totals).await;
        Ok(())
    }

    /// A transcript that fails never fails the update.
    async fn failed(&self, error: &SpeechError) -> Result<(), JobError> {
        tracing::error!(update_id = %self.about.update, error = chain(error), "no transcript");
        settle(&self.context, &self.about.lease, self.about.update, TranscriptStatus::Failed).await
    }
}

/// Says that there will be no text for now.
pub(crate) async fn settle(
    context: &Context,
    lease: &Lease,
    update: UpdateId,
    status: TranscriptStatus,
) -> Result<(), JobError> {
    let tx = context.store.write().await?;
    processing::settle_transcript(&tx, lease, update, status).await?;
    tx.commit().await?;
    Ok(())
}

fn span(segment: RecognisedSegment) -> Span {
    let word = |w: meridian_media::speech::Word| Word {
        start_ms: w.start_ms,
        end_ms: w.end_ms,
        text: w.text,
        confidence: w.confidence,
    };
    Span {
        start_ms: segment.start_ms,
        end_ms: segment.end_ms,
        text: segment.text,
        words: segment.words.into_iter().map(word).collect(),
    }
}
