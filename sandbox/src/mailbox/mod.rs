//! A mailbox: takes every mail over plain SMTP and shows it.

mod decode;
mod smtp;
#[cfg(test)]
mod tests;
mod ui;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A mail as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Order of arrival, from 1.
    pub id: u64,
    /// Envelope sender, without angle brackets.
    pub from: String,
    /// Envelope recipients.
    pub to: Vec<String>,
    /// Subject in words.
    pub subject: String,
    /// The plain text part; where there is none, the first part as it is.
    pub text: String,
    /// Names of attached files.
    pub attachments: Vec<String>,
    /// The whole mail as it was sent, line ends as `\n`.
    pub raw: String,
    /// When it came.
    pub at: DateTime<Utc>,
}

/// What goes wrong with a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailFault {
    /// 421 instead of a greeting.
    Unavailable,
    /// 451 for every recipient: try again later.
    TryLater,
    /// 550 for every recipient: no such mailbox.
    NoSuchBox,
    /// No greeting, the connection stays open.
    Hang,
    /// The mail is taken, then the connection closes without an answer.
    DropAfter,
}

/// The mailbox; a clone is the same one.
#[derive(Clone)]
pub struct Mailbox {
    inner: Arc<Inner>,
}

struct Inner {
    address: SocketAddr,
    now: Now,
    kept: Mutex<Kept>,
    revision: watch::Sender<u64>,
}

type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

#[derive(Default)]
struct Kept {
    mails: Vec<Mail>,
    fault: Option<(MailFault, u32)>,
}

impl Mailbox {
    /// Listens on `address` (port 0 = any free one) until the runtime ends.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn start(address: SocketAddr, now: Now) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let inner = Inner {
            address: listener.local_addr()?,
            now,
            kept: Mutex::default(),
            revision: watch::Sender::new(0),
        };
        let mailbox = Self { inner: Arc::new(inner) };
        tokio::spawn(smtp::listen(listener, mailbox.clone()));
        Ok(mailbox)
    }

    /// Where mail goes: `smtp://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.inner.address)
    }

    /// All mails, the oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        self.kept().mails.clone()
    }

    /// Throws all mails away.
    pub fn clear(&self) {
        self.kept().mails.clear();
        self.touch();
    }

    /// Spoils the next `times` mails (or connections, while nobody is let in); `None` ends a
    /// fault early.
    pub fn set_fault(&self, fault: Option<MailFault>, times: u32) {
        self.kept().fault = fault.filter(|_| times > 0).map(|fault| (fault, times));
        self.touch();
    }

    /// The fault in force with the number of mails that it still spoils.
    pub fn fault(&self) -> Option<(MailFault, u32)> {
        self.kept().fault
    }

    /// Says when a mail came; the number only grows.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.inner.revision.subscribe()
    }

    /// The mails for keeping between runs.
    ///
    /// # Errors
    /// When a mail cannot be written as JSON.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(&self.kept().mails)
    }

    /// Replaces the mails by kept ones.
    ///
    /// # Errors
    /// When the text is not what [`Mailbox::to_json`] wrote.
    pub fn from_json(&self, kept: &str) -> serde_json::Result<()> {
        self.kept().mails = serde_json::from_str(kept)?;
        self.touch();
        Ok(())
    }

    /// Uses up one turn of the fault in force, where it is of the wanted kind.
    pub(crate) fn next_fault(&self, wanted: impl Fn(MailFault) -> bool) -> Option<MailFault> {
        let mut kept = self.kept();
        let (fault, left) = kept.fault.filter(|(fault, _)| wanted(*fault))?;
        kept.fault = (left > 1).then(|| (fault, left - 1));
        Some(fault)
    }

    /// Keeps a mail that came whole.
    pub(crate) fn take(&self, from: String, to: Vec<String>, raw: &str) {
        let read = decode::read(raw);
        let mut kept = self.kept();
        let id = kept.mails.last().map_or(1, |mail| mail.id + 1);
        kept.mails.push(Mail {
            id,
            from,
            to,
            subject: read.subject,
            text: read.text,
            attachments: read.attachments,
            raw: raw.to_owned(),
            at: (self.inner.now)(),
        });
        drop(kept);
        self.touch();
    }

    fn touch(&self) {
        self.inner.revision.send_modify(|revision| *revision += 1);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.inner.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
