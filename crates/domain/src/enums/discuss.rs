//! What is said about updates, and what a transcript's sentences seem to be.

words! {
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
    /// How pressing.
    Priority {
        /// As usual.
        Normal = "normal",
        /// Notifies at once.
        Urgent = "urgent",
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
