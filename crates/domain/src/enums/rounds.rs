//! Rounds of check-ins.

words! {
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
    /// Why somebody who has not answered is not reminded by hand.
    PassedOver {
        /// They have answered.
        Answered = "answered",
        /// Out of this round.
        Excused = "excused",
        /// Away on its date, or today.
        Away = "away",
        /// Their window is still to open.
        NotOpen = "not_open",
        /// Their window has ended.
        Ended = "ended",
        /// They were reminded within the hour, or it has just opened.
        Recent = "recent",
        /// It is night there, or a day off.
        Quiet = "quiet_hours",
        /// They want to be told of rounds in no way.
        Unwanted = "unwanted",
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
}
