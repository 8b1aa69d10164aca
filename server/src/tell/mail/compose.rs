//! What every mail of the outbox has.

use meridian_domain::enums::MailKind;
use meridian_store::repo::mails::Mail;
use meridian_store::repo::users::User;
use minijinja::Value;
use minijinja::value::Serde;

use super::{TellError, templates, unsubscribe};
use crate::mail::{Letter, Mail as Plain};
use crate::state::AppState;
use crate::tell::speech::Language;

/// The part of the public address that stands behind the `@` of our Message-IDs.
pub(crate) fn host(state: &AppState) -> String {
    let url = url::Url::parse(&state.settings.public_url).ok();
    url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| "meridian.invalid".to_owned())
}

/// One line without control characters, for headers.
pub(super) fn line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The title of an update, or words in its place.
pub(super) fn title(text: &str, language: Language) -> String {
    let title = line(text);
    if title.is_empty() { language.words().untitled.to_owned() } else { title }
}

/// Minutes and seconds, for people: `45 s`, `12 min`, `1 h 05 min`.
pub(super) fn length(ms: i64) -> String {
    let seconds = ms.max(0).div_euclid(1000);
    match (seconds, seconds.saturating_add(30).div_euclid(60)) {
        (..60, _) => format!("{seconds} s"),
        (_, minutes @ ..60) => format!("{minutes} min"),
        (_, minutes) => format!("{} h {:02} min", minutes.div_euclid(60), minutes.rem_euclid(60)),
    }
}

/// A letter out of a template and its context.
pub(super) fn letter(
    state: &AppState,
    mail: &Mail,
    user: &User,
    subject: &str,
    context: &Value,
) -> Result<Letter, TellError> {
    let base = &state.settings.public_url;
    let token = unsubscribe::token(&state.keys, user.id, mail.kind);
    let unsubscribe_url = format!("{base}/unsubscribe/{token}");
    let language = Language::of(&user.locale);
    let shell = minijinja::context! {
        say => Value::from(Serde(language.words())),
        lang => language.tag(),
        unsubscribe_url => unsubscribe_url.clone(),
        settings_url => format!("{base}/settings/notifications"),
        name => line(&user.display_name),
        subject => subject,
        ..context.clone()
    };
    let (text, html) = templates::render(mail.kind, &shell)?;
    Ok(Letter {
        mail: Plain { to: user.email.clone(), subject: line(subject), text },
        html,
        message_id: format!("{}@{}", mail.message_id, host(state)),
        thread_id: None,
        unsubscribe_url,
        date: std::time::SystemTime::from(state.clock().now()),
        urgent: mail.urgent && mail.kind == MailKind::Thread,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_said_as_people_say_them() {
        for (ms, expected) in [
            (0, "0 s"),
            (59_999, "59 s"),
            (60_000, "1 min"),
            (89_000, "1 min"),
            (90_000, "2 min"),
            (3_540_000, "59 min"),
            (3_599_000, "1 h 00 min"),
            (3_900_000, "1 h 05 min"),
        ] {
            assert_eq!(length(ms), expected, "{ms}");
        }
    }

    #[test]
    fn a_header_is_one_line() {
        assert_eq!(line("Hi\r\nBcc: all@example.org\u{0}"), "Hi Bcc: all@example.org");
        assert_eq!(title(" \n", Language::English), "Untitled");
    }
}
