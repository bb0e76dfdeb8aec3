//! Mail to the orders address, by SMTP: copies of orders and requests, and what Telegram cannot tell.

use anyhow::Context as _;
use domain::texts::{Lang, Texts};
use domain::{approvals, leads, orders, requests, staff};
use lettre::message::{Mailbox, Message, header::ContentType};
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::ExposeSecret as _;

use crate::config::MailConfig;
use crate::crm::story;
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

    /// The copy of an order.
    pub async fn order(
        &self,
        order: &orders::Order,
        lines: &[orders::OrderLine],
        customer: &domain::people::Customer,
    ) -> Result<(), Failure> {
        let texts = Texts::of(Lang::Ru);
        let subject = texts.format(
            "mail-order-subject",
            &[("number", order.number.as_str().into()), ("total", order.total.to_string().into())],
        );
        let body = format!(
            "{}\n\n{}",
            story::customer_text(texts, customer),
            story::positions_text(texts, order, lines)
        );
        self.send(&subject, body).await
    }

    /// The copy of a service request.
    pub async fn request(&self, case: &requests::RequestCase) -> Result<(), Failure> {
        let texts = Texts::of(Lang::Ru);
        let number = case.request.number.as_str();
        let subject = texts.format("mail-request-subject", &[("number", number.into())]);
        self.send(&subject, story::request_text(texts, case)).await
    }

    /// The copy of one form of a site lead.
    pub async fn lead(&self, case: &leads::LeadCase, touch: &leads::Touch) -> Result<(), Failure> {
        let texts = Texts::of(Lang::Ru);
        let number = case.lead.number.as_str();
        let args = [("number", number.into()), ("name", touch.name.as_str().into())];
        let subject = texts.format("mail-lead-subject", &args);
        self.send(&subject, story::touch_text(texts, case, touch)).await
    }

    /// That a connection is stopped, where it cannot be told in Telegram.
    pub async fn stopped(&self, connection: &str, reason: &str) -> Result<(), Failure> {
        let texts = Texts::of(Lang::Ru);
        let args = [("connection", connection.into()), ("reason", reason.into())];
        let subject = texts.format("mail-stopped-subject", &args[..1]);
        self.send(&subject, texts.format("mail-stopped", &args)).await
    }

    /// A case that waits for somebody's decision, with the link to it.
    pub async fn approval(
        &self,
        person: &staff::Staff,
        email: &str,
        case: &approvals::Case,
        link: &str,
    ) -> Result<(), Failure> {
        let texts = Texts::of(person.language);
        let title = case.approval.title.as_str();
        let subject = texts.format("mail-approval-subject", &[("title", title.into())]);
        let address = email.parse().map_err(|_| Failure::Rejected {
            why: "their address is no e-mail address".to_owned(),
        })?;
        let to = Mailbox::new(Some(person.name.clone()), address);
        self.send_to(&[to], &subject, format!("{}\n\n{link}\n", texts.get("mail-approval"))).await
    }

    async fn send(&self, subject: &str, body: String) -> Result<(), Failure> {
        self.send_to(&self.to, subject, body).await
    }

    async fn send_to(&self, to: &[Mailbox], subject: &str, body: String) -> Result<(), Failure> {
        let mut message = Message::builder().from(self.from.clone()).subject(subject);
        for to in to {
            message = message.to(to.clone());
        }
        let message = message
            .header(ContentType::TEXT_PLAIN)
            .body(body)
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
