//! Who people are to each other, and how far their tokens reach.

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
}
