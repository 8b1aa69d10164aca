//! Updates, their transcripts, and how they are taken in.

words! {
    /// What an update is.
    UpdateKind {
        /// With a picture.
        Video = "video",
        /// Sound only.
        Voice = "voice",
        /// Written.
        Text = "text",
    }
    /// How far an update's media is.
    UpdateStatus {
        /// No byte yet.
        AwaitingUpload = "awaiting_upload",
        /// Bytes are coming.
        Uploading = "uploading",
        /// The last byte is here.
        Processing = "processing",
        /// Can be played, not everything is settled.
        Playable = "playable",
        /// Everything is settled.
        Ready = "ready",
        /// Failed with a reason.
        Failed = "failed",
    }
    /// Whether others see an update.
    PublishState {
        /// Its author only.
        Draft = "draft",
        /// At a set time.
        Scheduled = "scheduled",
        /// Its audience.
        Published = "published",
    }
    /// How far a transcript is.
    TranscriptStatus {
        /// Not begun.
        Pending = "pending",
        /// Windows are being recognised.
        Running = "running",
        /// Whole.
        Ready = "ready",
        /// Nobody speaks.
        NoSpeech = "no_speech",
        /// Could not be made.
        Failed = "failed",
        /// No model is installed (made up later), or there is no sound.
        Unavailable = "unavailable",
    }
    /// Where a transcript's text comes from.
    TranscriptOrigin {
        /// Whisper.
        Recognised = "recognised",
        /// Corrected by a person.
        Edited = "edited",
        /// A VTT or SRT file.
        Imported = "imported",
        /// Whisper's translate task.
        Translated = "translated",
    }
    /// How an update was taken in.
    SeenBy {
        /// The picture.
        Watching = "watching",
        /// The transcript.
        Reading = "reading",
        /// The sound.
        Listening = "listening",
    }
}
