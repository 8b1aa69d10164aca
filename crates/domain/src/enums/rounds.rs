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
