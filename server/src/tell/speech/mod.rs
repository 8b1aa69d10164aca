//! The languages that mail speaks: that of the receiver's profile, else English. The words stand here, the layout in
//! the templates.

mod time;
mod words;

use meridian_domain::enums::{CommentKind, NotificationKind};

pub(crate) use words::Words;

/// A language that mail speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    German,
}

/// A number with its word: `1 update`, `2 updates`.
pub(crate) fn counted(count: usize, one: &str, other: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { other })
}

/// What somebody did, around the place of what it was done to.
struct Deed {
    /// Before the name of the update, or of what stands for it.
    before: &'static str,
    /// What stands for the name where the name stands above.
    here: &'static str,
    /// Before the name itself.
    named: &'static str,
    /// After it.
    after: &'static str,
}

impl Language {
    /// The language of a profile's tag, such as `de-AT`.
    pub(crate) fn of(locale: &str) -> Self {
        match locale.split('-').next() {
            Some(primary) if primary.eq_ignore_ascii_case("de") => Self::German,
            _ => Self::English,
        }
    }

    /// Its tag, for `lang`.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The words of the templates.
    pub(crate) fn words(self) -> &'static Words {
        match self {
            Self::English => &words::ENGLISH,
            Self::German => &words::GERMAN,
        }
    }

    /// A name in this language's quotation marks.
    pub(crate) fn quoted(self, name: &str) -> String {
        match self {
            Self::English => format!("\"{name}\""),
            Self::German => format!("„{name}“"),
        }
    }

    /// What happened in a thread: with the update's name, and without it where the name stands above.
    pub(crate) fn deed(
        self,
        kind: NotificationKind,
        comment: Option<CommentKind>,
        title: &str,
    ) -> (String, String) {
        let Deed { before, here, named, after } = match self {
            Self::English => english(kind, comment),
            Self::German => german(kind, comment),
        };
        let title = self.quoted(title);
        (format!("{before}{named}{title}{after}"), format!("{before}{here}{after}"))
    }

    /// Subject and text of the mail with a link that sets a new password.
    pub(crate) fn reset(self, name: &str, link: &str) -> (String, String) {
        match self {
            Self::English => (
                "Your new password for Meridian".to_owned(),
                format!(
                    "Hello {name},\n\nthis link sets a new password for Meridian. It is valid for one hour and works \
                     once:\n\n{link}\n\nIf you did not ask for it, nothing has changed.\n"
                ),
            ),
            Self::German => (
                "Dein neues Passwort für Meridian".to_owned(),
                format!(
                    "Hallo {name},\n\nmit diesem Link setzt du ein neues Passwort für Meridian. Er gilt eine Stunde \
                     und nur einmal:\n\n{link}\n\nWenn du ihn nicht angefordert hast, hat sich nichts geändert.\n"
                ),
            ),
        }
    }

    /// Subject and text of an invitation into a workspace.
    pub(crate) fn invitation(self, workspace: &str, link: &str) -> (String, String) {
        let workspace = self.quoted(workspace);
        match self {
            Self::English => (
                "Your invitation to Meridian".to_owned(),
                format!(
                    "You are invited to the workspace {workspace} on Meridian:\n\n{link}\n\nThe link is valid for 7 \
                     days and works once.\n"
                ),
            ),
            Self::German => (
                "Deine Einladung zu Meridian".to_owned(),
                format!(
                    "Du bist in den Arbeitsbereich {workspace} auf Meridian eingeladen:\n\n{link}\n\nDer Link gilt 7 \
                     Tage und nur einmal.\n"
                ),
            ),
        }
    }
}

fn english(kind: NotificationKind, comment: Option<CommentKind>) -> Deed {
    let on = |before| Deed { before, here: "on it", named: "on ", after: "" };
    let it = |before| Deed { before, here: "it", named: "", after: "" };
    match (kind, comment) {
        (NotificationKind::Answer, _) => on("accepted your answer "),
        (NotificationKind::Backup, _) => on("asked something urgent that nobody took note of "),
        (NotificationKind::Talk, _) => on("would like to talk live "),
        (NotificationKind::Ask | NotificationKind::Urgent, Some(CommentKind::Question)) => on("asks you "),
        (NotificationKind::Ask | NotificationKind::Urgent, Some(CommentKind::Blocker)) => {
            on("needs you for a blocker ")
        }
        (NotificationKind::Ask | NotificationKind::Urgent, Some(CommentKind::Action)) => {
            on("asks you to act ")
        }
        (NotificationKind::Mention | NotificationKind::Urgent, Some(_)) => on("mentioned you "),
        (NotificationKind::Reply, Some(_)) => on("replied "),
        (NotificationKind::Reply, None) => it("replied with "),
        (_, Some(_)) => on("commented "),
        (_, None) => it("sent you "),
    }
}

fn german(kind: NotificationKind, comment: Option<CommentKind>) -> Deed {
    let to = |before, after| Deed { before, here: "dazu", named: "zu ", after };
    match (kind, comment) {
        (NotificationKind::Answer, _) => to("hat deine Antwort ", " angenommen"),
        (NotificationKind::Backup, _) => {
            to("hat ", " etwas Dringendes gefragt, das niemand zur Kenntnis genommen hat")
        }
        (NotificationKind::Talk, _) => to("möchte ", " live sprechen"),
        (NotificationKind::Ask | NotificationKind::Urgent, Some(CommentKind::Question)) => {
            to("fragt dich ", "")
        }
        (NotificationKind::Ask | NotificationKind::Urgent, Some(CommentKind::Blocker)) => {
            to("braucht dich ", " wegen eines Blockers")
        }
        (NotificationKind::Ask | NotificationKind::Urgent, Some(CommentKind::Action)) => {
            to("bittet dich ", " um eine Aufgabe")
        }
        (NotificationKind::Mention | NotificationKind::Urgent, Some(_)) => to("hat dich ", " erwähnt"),
        (NotificationKind::Reply, Some(_)) => to("hat ", " geantwortet"),
        (NotificationKind::Reply, None) => {
            Deed { before: "hat ", here: "damit", named: "mit ", after: " geantwortet" }
        }
        (_, Some(_)) => to("hat ", " etwas geschrieben"),
        (_, None) => Deed { before: "hat dir ", here: "das", named: "", after: " geschickt" },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_says_the_language_and_what_is_not_spoken_is_english() {
        for (tag, expected) in [
            ("de", Language::German),
            ("DE-at", Language::German),
            ("en-GB", Language::English),
            ("den", Language::English),
            ("fr", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::of(tag), expected, "{tag}");
        }
    }

    #[test]
    fn a_deed_names_the_update_or_points_at_it() {
        let said = |language: Language, kind, comment| language.deed(kind, comment, "{it} on");
        let (named, here) = said(Language::English, NotificationKind::Ask, Some(CommentKind::Question));
        assert_eq!((named.as_str(), here.as_str()), ("asks you on \"{it} on\"", "asks you on it"));
        let (named, here) = said(Language::German, NotificationKind::Reply, None);
        assert_eq!(
            (named.as_str(), here.as_str()),
            ("hat mit „{it} on“ geantwortet", "hat damit geantwortet")
        );
        let (named, here) = said(Language::German, NotificationKind::Direct, None);
        assert_eq!((named.as_str(), here.as_str()), ("hat dir „{it} on“ geschickt", "hat dir das geschickt"));
    }
}
