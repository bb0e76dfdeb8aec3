//! Mail by SMTP: to the orders address, and to whom Telegram does not reach.

use anyhow::Context as _;
use domain::staff::Staff;
use lettre::message::{Mailbox, Message, header::ContentType};
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::ExposeSecret as _;

use crate::config::MailConfig;
use crate::worker::letters::Letter;
use crate::worker::policy::Failure;

/// Sends mail through one server.
#[derive(Debug)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
}

impl Mailer {
    /// Connects nothing yet.
    ///
    /// # Errors
    /// When the address of the server cannot be used.
    pub fn new(config: &MailConfig) -> anyhow::Result<Mailer> {
        let url = config.smtp_url.expose_secret();
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .context("SMTP_URL")?
            .timeout(Some(std::time::Duration::from_secs(20)))
            .build();
        Ok(Mailer { transport, from: config.from.clone(), to: config.orders.clone() })
    }

    /// Whether the server answers; for `doctor`.
    pub async fn check(&self) -> anyhow::Result<bool> {
        Ok(self.transport.test_connection().await?)
    }

    /// Sends a letter to the orders address.
    pub async fn send(&self, letter: &Letter) -> Result<(), Failure> {
        self.send_to(&self.to, letter).await
    }

    /// Sends a letter to one person.
    pub async fn send_person(
        &self,
        person: &Staff,
        email: &str,
        letter: &Letter,
    ) -> Result<(), Failure> {
        let address = email.parse().map_err(|_| Failure::Rejected {
            why: "their address is no e-mail address".to_owned(),
        })?;
        self.send_to(&[Mailbox::new(Some(person.name.clone()), address)], letter).await
    }

    async fn send_to(&self, to: &[Mailbox], letter: &Letter) -> Result<(), Failure> {
        let mut message =
            Message::builder().from(self.from.clone()).subject(letter.subject.as_str());
        for to in to {
            message = message.to(to.clone());
        }
        let message = message
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body.clone())
            .map_err(|error| Failure::Rejected { why: error.to_string() })?;
        self.transport.send(message).await.map(drop).map_err(|error| failure(&error))
    }
}

/// A refusal of the server is final; everything else passes with time. A copy that may have gone
/// is sent again: two copies in a mailbox are better than none.
fn failure(error: &SmtpError) -> Failure {
    let why = error.to_string();
    if error.is_permanent() { Failure::Rejected { why } } else { Failure::Later { why } }
}
