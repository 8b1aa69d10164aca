//! The closed sets of words in the API and the database. Each has one spelling, in snake case.

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
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
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

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::enums::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::enums::UnknownWord { what: stringify!($name), value: text.to_owned() }),
                }
            }
        }
    )+};
}

mod discuss;
mod people;
mod rounds;
mod tell;
mod updates;
mod work;

pub use discuss::{CommentKind, Priority, Reason, SuggestionKind};
pub use people::{AudienceKind, Scope, TeamRole, TeamVisibility, WorkspaceRole};
pub use rounds::{AnswerState, PassedOver, PlanState, RoundState};
pub use tell::{EventKind, FeedKind, MailKind, NotificationKind, SendState, WebhookFormat};
pub use updates::{PublishState, SeenBy, TranscriptOrigin, TranscriptStatus, UpdateKind, UpdateStatus};
pub use work::{GenerationState, JobState, UploadState};
