//! What happened, and how people and programs are told.

words! {
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
        /// Somebody wants to talk live on a thread that I am in.
        Talk = "talk",
        /// An update addressed to me.
        Direct = "direct",
        /// An ask addressed to me.
        Ask = "ask",
        /// An urgent ask to somebody else who has not said "got it": I am the backup.
        Backup = "backup",
        /// Marked urgent, and addressed to me or my team.
        Urgent = "urgent",
    }
    /// What a mail is.
    MailKind {
        /// One thread's news.
        Thread = "thread",
        /// What was not seen, once a working day.
        Digest = "digest",
        /// A round waits for an answer.
        Round = "round",
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

impl NotificationKind {
    /// Whether it is told at once, and at night to whoever allows that.
    pub fn presses(self) -> bool {
        matches!(self, Self::Urgent | Self::Backup)
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
