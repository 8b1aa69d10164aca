//! Ids: UUIDs of version 7, one type a noun, so that a team's id is never taken for a user's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id whose first bits are the given instant (milliseconds since 1970), so that ids sort by age.
            pub fn new(clock: &crate::clock::Clock) -> Self {
                Self(new_uuid(clock))
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

/// A UUID of version 7 at the clock's now.
pub fn new_uuid(clock: &crate::clock::Clock) -> Uuid {
    let now = clock.now();
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos))
}

ids! {
    /// A person.
    UserId,
    /// A signed-in browser (a refresh-token family).
    SessionId,
    /// An API token's row.
    ApiTokenId,
    /// The tenant.
    WorkspaceId,
    /// A team in a workspace.
    TeamId,
    /// Who sees something: a team or a set of people.
    AudienceId,
    /// An invitation.
    InviteId,
    /// An update.
    UpdateId,
    /// A tus upload.
    UploadId,
    /// One processing attempt's output.
    GenerationId,
    /// A playable form of an update.
    RenditionId,
    /// A transcript.
    TranscriptId,
    /// A transcript's segment.
    SegmentId,
    /// A suggestion found in a transcript.
    SuggestionId,
    /// A comment.
    CommentId,
    /// A job of the queue.
    JobId,
    /// A check-in.
    CheckInId,
    /// A round of a check-in.
    RoundId,
    /// A plan that is carried from round to round.
    PlanItemId,
    /// An entry of an inbox.
    NotificationId,
    /// A mail of the outbox.
    MailId,
    /// An outgoing webhook.
    WebhookId,
    /// A webhook's delivery of one event.
    DeliveryId,
    /// A feed with a capability address.
    FeedId,
    /// A link that shows one update to people without an account.
    ShareLinkId,
    /// An entry of the audit log.
    AuditEntryId,
    /// An export of a workspace.
    ExportId,
}
