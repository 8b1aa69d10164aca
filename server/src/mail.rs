//! Mail by SMTP or, where none is set, into `<data>/mail.log` (mode 0600, begun anew at 16 MiB), where whoever runs the
//! instance finds it.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use meridian_config::Settings;

/// One mail.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The receiver's address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// A mail of the outbox: with HTML beside the text, and headers for threads and for ending it with one click.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Receiver, subject, plain text.
    pub mail: Mail,
    /// The same as HTML.
    pub html: String,
    /// The Message-ID, without brackets; the same whenever it is sent.
    pub message_id: String,
    /// The thread's id, without brackets.
    pub thread_id: Option<String>,
    /// Where a POST ends this kind of mail (RFC 8058).
    pub unsubscribe_url: String,
    /// When it is sent, by the domain clock.
    pub date: std::time::SystemTime,
    /// Whether it says that it is urgent.
    pub urgent: bool,
}

/// How big the log may become before it is begun anew, in bytes.
const LOG_BYTES: u64 = 16 * 1024 * 1024;

/// Sends mail.
pub struct Mailer {
    from: Mailbox,
    way: Way,
}

enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    File(PathBuf),
}

/// A mail setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// `MERIDIAN_SMTP_URL` cannot be read.
    #[error("MERIDIAN_SMTP_URL cannot be used")]
    Url(#[from] lettre::transport::smtp::Error),
    /// `MERIDIAN_MAIL_FROM` is no address.
    #[error("MERIDIAN_MAIL_FROM is no address such as Meridian <meridian@example.org>")]
    From(#[from] lettre::address::AddressError),
    /// The mail cannot be put together.
    #[error("the mail cannot be put together")]
    Compose(#[from] lettre::error::Error),
    /// The log cannot be written.
    #[error("the mail log cannot be written")]
    Log(#[from] std::io::Error),
}

impl MailError {
    /// Whether trying again would not help: the server refuses it for good, or it cannot be put together.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Url(error) => error.is_permanent(),
            Self::From(_) | Self::Compose(_) => true,
            Self::Log(_) => false,
        }
    }

    /// In a few words, without what the mail says.
    pub fn words(&self) -> String {
        let mut words = self.to_string();
        let mut next = std::error::Error::source(self);
        while let Some(cause) = next {
            words = format!("{words}: {cause}");
            next = cause.source();
        }
        match words.char_indices().nth(300) {
            Some((end, _)) => words.get(..end).unwrap_or_default().to_owned(),
            None => words,
        }
    }
}

/// A header of any name with an ASCII value that is sent as it is.
fn raw(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

impl Mailer {
    /// A mailer as the settings say.
    ///
    /// # Errors
    /// An address or URL that cannot be used.
    pub fn new(settings: &Settings) -> Result<Self, MailError> {
        let way = match &settings.smtp_url {
            Some(url) => Way::Smtp(AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?.build()),
            None => Way::File(settings.data_dir.join("mail.log")),
        };
        Ok(Self { from: settings.mail_from.parse()?, way })
    }

    /// Whether the SMTP server lets us in. A file always does.
    ///
    /// # Errors
    /// What it or the network said.
    pub async fn probe(&self) -> Result<bool, MailError> {
        match &self.way {
            Way::Smtp(smtp) => Ok(smtp.test_connection().await?),
            Way::File(_) => Ok(true),
        }
    }

    /// Sends a mail; a failure is logged, since nobody waits for the answer.
    pub async fn send(&self, mail: Mail) {
        if let Err(error) = self.try_send(mail).await {
            tracing::error!(%error, "a mail could not be sent");
        }
    }

    async fn try_send(&self, mail: Mail) -> Result<(), MailError> {
        match &self.way {
            Way::Smtp(smtp) => {
                let message = Message::builder()
                    .from(self.from.clone())
                    .to(mail.to.parse()?)
                    .subject(mail.subject)
                    .body(mail.text)?;
                smtp.send(message).await?;
                Ok(())
            }
            Way::File(path) => log(path, &mail, ""),
        }
    }

    /// Sends a mail of the outbox.
    ///
    /// # Errors
    /// It could not be sent; [`MailError::is_permanent`] says whether trying again may help.
    pub async fn send_letter(&self, letter: Letter) -> Result<(), MailError> {
        match &self.way {
            Way::Smtp(smtp) => {
                smtp.send(self.compose(letter)?).await?;
                Ok(())
            }
            Way::File(path) => log(path, &letter.mail, &format!("Message-ID: <{}>\n", letter.message_id)),
        }
    }

    fn compose(&self, letter: Letter) -> Result<Message, MailError> {
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(letter.mail.to.parse()?)
            .subject(letter.mail.subject)
            .date(letter.date)
            .message_id(Some(format!("<{}>", letter.message_id)))
            .raw_header(raw("List-Unsubscribe", format!("<{}>", letter.unsubscribe_url)))
            .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()))
            .raw_header(raw("Auto-Submitted", "auto-generated".to_owned()));
        if let Some(thread) = letter.thread_id {
            builder = builder.in_reply_to(format!("<{thread}>")).references(format!("<{thread}>"));
        }
        if letter.urgent {
            builder = builder.raw_header(raw("Importance", "high".to_owned()));
        }
        Ok(builder.multipart(MultiPart::alternative_plain_html(letter.mail.text, letter.html))?)
    }
}

fn log(path: &std::path::Path, mail: &Mail, headers: &str) -> Result<(), MailError> {
    if std::fs::metadata(path).is_ok_and(|file| file.len() > LOG_BYTES) {
        std::fs::rename(path, path.with_extension("log.1"))?;
    }
    let mut file = std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    writeln!(file, "To: {}\nSubject: {}\n{headers}\n{}\n---", mail.to, mail.subject, mail.text)?;
    Ok(())
}
