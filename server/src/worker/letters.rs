//! What is mailed, in words, before it is sent: the delivery sends it, a dry run shows it.

use std::fmt;

use domain::db::Db;
use domain::outbox::Message;
use domain::people::Customer;
use domain::texts::{Lang, Texts};
use domain::{Error, Result, approvals, leads, orders, people, requests, staff};

use crate::crm::story;

/// A letter without its addressee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
}

impl fmt::Display for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subject: {}\n\n{}", self.subject, self.body)
    }
}

/// The letter of a message to the orders address, as it would be written now; `None` where nothing is
/// mailed any more.
///
/// # Errors
/// When what it is about is gone, or the database fails.
pub async fn of(db: &Db, message: &Message) -> Result<Option<Letter>> {
    let mut reader = db.read().await?;
    Ok(Some(match message {
        Message::MailOrder { order } => {
            let (order, lines) = orders::load(&mut reader, order).await?;
            let customer = people::find(&mut reader, &order.customer_id).await?;
            Letter::order(&order, &lines, &customer.ok_or(Error::NotFound)?)
        }
        Message::MailRequest { request } => {
            Letter::request(&requests::load(&mut reader, request).await?)
        }
        Message::MailLead { lead, touch } => {
            let case = leads::load(&mut reader, lead).await?;
            if case.lead.is_erased() {
                return Ok(None);
            }
            Letter::lead(&case, case.touch(touch).ok_or(Error::NotFound)?)
        }
        Message::MailStopped { connection, reason } => Letter::stopped(connection, reason),
        _ => return Ok(None),
    }))
}

impl Letter {
    /// The copy of an order.
    fn order(order: &orders::Order, lines: &[orders::OrderLine], customer: &Customer) -> Letter {
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
        Letter { subject, body }
    }

    /// The copy of a service request.
    fn request(case: &requests::RequestCase) -> Letter {
        let texts = Texts::of(Lang::Ru);
        let number = case.request.number.as_str();
        let subject = texts.format("mail-request-subject", &[("number", number.into())]);
        Letter { subject, body: story::request_text(texts, case) }
    }

    /// The copy of one form of a site lead.
    fn lead(case: &leads::LeadCase, touch: &leads::Touch) -> Letter {
        let texts = Texts::of(Lang::Ru);
        let number = case.lead.number.as_str();
        let args = [("number", number.into()), ("name", touch.name.as_str().into())];
        let subject = texts.format("mail-lead-subject", &args);
        Letter { subject, body: story::touch_text(texts, case, touch) }
    }

    /// That a connection is stopped, where it cannot be told in Telegram.
    fn stopped(connection: &str, reason: &str) -> Letter {
        let texts = Texts::of(Lang::Ru);
        let args = [("connection", connection.into()), ("reason", reason.into())];
        let subject = texts.format("mail-stopped-subject", &args[..1]);
        Letter { subject, body: texts.format("mail-stopped", &args) }
    }

    /// A case that waits for somebody's decision, with the link to it.
    pub fn approval(person: &staff::Staff, case: &approvals::Case, link: &str) -> Letter {
        let texts = Texts::of(person.language);
        let title = case.approval.title.as_str();
        let subject = texts.format("mail-approval-subject", &[("title", title.into())]);
        Letter { subject, body: format!("{}\n\n{link}\n", texts.get("mail-approval")) }
    }
}
