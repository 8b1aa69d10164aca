//! How far uploads, media and jobs are.

words! {
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
}
