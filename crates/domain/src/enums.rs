//! The closed sets of words in the API and the database. Each has one spelling, in snake case.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that is none of an enum's words.
#[derive(Debug, thiserror::Error)]
#[error("{value:?} is no {what}")]
pub struct UnknownWord {
    /// The enum's name.
    pub what: &'static str,
    /// What was given.
    pub value: String,
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// Every word, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as it stands in the API and the database.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownWord { what: stringify!($name), value: text.to_owned() }),
                }
            }
        }
    )+};
}

words! {
    /// A member's role in a workspace, weakest first (so that `>=` compares power).
    WorkspaceRole {
        /// Sees only the teams added to.
        Guest = "guest",
        /// Sees open teams.
        Member = "member",
        /// Manages members and settings.
        Admin = "admin",
        /// Owns the workspace.
        Owner = "owner",
    }
    /// A member's role in a team.
    TeamRole {
        /// Takes part.
        Member = "member",
        /// Manages the team.
        Admin = "admin",
    }
    /// Who may join a team.
    TeamVisibility {
        /// Any member of the workspace.
        Open = "open",
        /// Those who are added.
        Private = "private",
    }
    /// What kind of audience.
    AudienceKind {
        /// The members of a team.
        Team = "team",
        /// Named people.
        People = "people",
    }
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
    /// How pressing.
    Priority {
        /// As usual.
        Normal = "normal",
        /// Notifies at once.
        Urgent = "urgent",
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
    /// What a comment is.
    CommentKind {
        /// A remark.
        Comment = "comment",
        /// Wants an answer.
        Question = "question",
        /// What was decided.
        Decision = "decision",
        /// Something to do.
        Action = "action",
        /// Something in the way.
        Blocker = "blocker",
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
    /// How far a round is.
    RoundState {
        /// No window is open yet.
        Scheduled = "scheduled",
        /// Somebody's window is or will be open.
        Open = "open",
        /// The last window has ended.
        Closed = "closed",
    }
    /// How somebody who is expected in a round stands.
    AnswerState {
        /// No answer yet.
        Waiting = "waiting",
        /// Answered in time.
        Answered = "answered",
        /// Answered behind the due time.
        Late = "late",
        /// Out of this round.
        Excused = "excused",
        /// Away on its date.
        Away = "away",
    }
    /// What became of a plan.
    PlanState {
        /// Not done yet.
        Open = "open",
        /// Done.
        Done = "done",
        /// Given up.
        Dropped = "dropped",
    }
    /// What a transcript's sentence seems to be.
    SuggestionKind {
        /// What somebody will do.
        Plan = "plan",
        /// What is in the way.
        Blocker = "blocker",
        /// What was decided.
        Decision = "decision",
        /// What somebody needs from others.
        Request = "request",
    }
    /// Why something is played or read before other things.
    Reason {
        /// Something is in the way.
        Blocker = "blocker",
        /// Somebody is asked something.
        Ask = "ask",
        /// Something was decided.
        Decision = "decision",
        /// Somebody's answer to a round.
        Answer = "answer",
        /// Somebody's update.
        Update = "update",
    }
    /// What an API token may do.
    Scope {
        /// GET.
        Read = "read",
        /// Everything but administration.
        Write = "write",
        /// Uploads only.
        Upload = "upload",
        /// Administration.
        Admin = "admin",
    }
    /// How far an upload is.
    UploadState {
        /// Takes bytes.
        Open = "open",
        /// Has its last byte.
        Complete = "complete",
        /// Not media.
        Rejected = "rejected",
        /// Ended by its owner.
        Terminated = "terminated",
        /// Out of time.
        Expired = "expired",
    }
    /// How far a generation of media is.
    GenerationState {
        /// Being made; nothing to play yet.
        Building = "building",
        /// What players get.
        Current = "current",
        /// Replaced by a newer one.
        Frozen = "frozen",
        /// Given up.
        Failed = "failed",
    }
    /// How far a job is.
    JobState {
        /// Waits for `run_at`.
        Queued = "queued",
        /// Held by a worker.
        Running = "running",
        /// Waits for something to happen, without a lease.
        Parked = "parked",
        /// Finished.
        Done = "done",
        /// Beyond its last attempt.
        Dead = "dead",
        /// Called off.
        Cancelled = "cancelled",
    }
    /// Why something stands in an inbox, weakest first (so that `max` is the strongest of a thread).
    NotificationKind {
        /// Somebody commented on my update.
        Comment = "comment",
        /// A round was opened for me, or waits for me.
        Round = "round",
        /// Somebody replied in a thread that I am in, or with an update to mine.
        Reply = "reply",
        /// My answer was accepted.
        Answer = "answer",
        /// Somebody named me.
        Mention = "mention",
        /// An update addressed to me.
        Direct = "direct",
        /// An ask addressed to me.
        Ask = "ask",
        /// Marked urgent, and addressed to me or my team.
        Urgent = "urgent",
    }
    /// What a mail is.
    MailKind {
        /// One thread's news.
        Thread = "thread",
        /// What was not seen, once a working day.
        Digest = "digest",
    }
    /// How far a mail or a delivery is.
    SendState {
        /// Waits for `run_at`.
        Queued = "queued",
        /// Being sent under a lease.
        Sending = "sending",
        /// The other side has it.
        Sent = "sent",
        /// There was nothing to say any more.
        Skipped = "skipped",
        /// Given up.
        Dead = "dead",
    }
    /// What a webhook's body looks like.
    WebhookFormat {
        /// JSON with the signature of Standard Webhooks.
        Standard = "standard",
        /// A Slack incoming webhook.
        Slack = "slack",
        /// A Microsoft Teams workflow.
        Teams = "teams",
        /// A Discord webhook.
        Discord = "discord",
        /// A Mattermost incoming webhook.
        Mattermost = "mattermost",
    }
    /// What a feed is.
    FeedKind {
        /// A team's sound, for podcast players.
        Podcast = "podcast",
        /// Due times, for calendars.
        Due = "due",
    }
    /// What happened (the names of api.md).
    EventKind {
        /// An update exists.
        UpdateCreated = "update.created",
        /// Bytes are coming.
        UpdateUploading = "update.uploading",
        /// Can be played; also when a new attempt replaces the media.
        UpdatePlayable = "update.playable",
        /// Everything is settled.
        UpdateReady = "update.ready",
        /// Failed with a reason.
        UpdateFailed = "update.failed",
        /// Its audience sees it now.
        UpdatePublished = "update.published",
        /// Its fields changed.
        UpdateChanged = "update.changed",
        /// Gone.
        UpdateDeleted = "update.deleted",
        /// Phase and percent; an update's own stream only.
        UpdateProgress = "update.progress",
        /// A transcript is whole.
        TranscriptReady = "transcript.ready",
        /// A segment was recognised; an update's own stream only.
        TranscriptSegment = "transcript.segment",
        /// A comment exists.
        CommentCreated = "comment.created",
        /// A comment changed.
        CommentUpdated = "comment.updated",
        /// A comment is gone.
        CommentDeleted = "comment.deleted",
        /// Reactions changed.
        ReactionChanged = "reaction.changed",
        /// Something for one person's inbox.
        NotificationCreated = "notification.created",
        /// A check-in's round began: the first window is open.
        RoundOpened = "round.opened",
        /// Somebody answered a round.
        RoundResponse = "round.response",
        /// A round's last window has ended.
        RoundClosed = "round.closed",
        /// One person's window opened, or it is time to remind them; told to that person only.
        RoundDue = "round.due",
    }
}

impl EventKind {
    /// Whether its data is an update's JSON.
    pub fn is_update(self) -> bool {
        matches!(
            self,
            Self::UpdateCreated
                | Self::UpdateUploading
                | Self::UpdatePlayable
                | Self::UpdateReady
                | Self::UpdateFailed
                | Self::UpdatePublished
                | Self::UpdateChanged
        )
    }

    /// Whether only an update's own stream carries it.
    pub fn own_stream_only(self) -> bool {
        matches!(self, Self::UpdateProgress | Self::TranscriptSegment)
    }
}

impl SuggestionKind {
    /// The kind of comment that it becomes when somebody accepts it.
    pub fn comment(self) -> CommentKind {
        match self {
            Self::Plan => CommentKind::Action,
            Self::Blocker => CommentKind::Blocker,
            Self::Decision => CommentKind::Decision,
            Self::Request => CommentKind::Question,
        }
    }
}
