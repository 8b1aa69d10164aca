//! Mail by SMTP or, where none is set, into `<data>/mail.log` (mode 0600), where whoever runs the instance finds it.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use lettre::message::Mailbox;
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
            }
            Way::File(path) => {
                let mut file =
                    std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
                writeln!(file, "To: {}\nSubject: {}\n\n{}\n---", mail.to, mail.subject, mail.text)?;
            }
        }
        Ok(())
    }
}
