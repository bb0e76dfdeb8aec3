//! Consent to the use of personal data: a row with the version of the text, the time and the way.

use chrono::{DateTime, Utc};

use crate::Result;
use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::ids::{CustomerId, new_id};

/// The version of the consent text that is asked today.
pub const CONSENT_VERSION: &str = "2026-11";

/// By which way somebody agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Channel {
    /// They shared their phone with the bot, or opened their invite there.
    Bot,
    /// They ticked it on the page of a plate.
    Plate,
    /// They agreed in the Mini App.
    App,
}

impl Channel {
    /// As it is stored, and in the keys of texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Channel::Bot => "bot",
            Channel::Plate => "plate",
            Channel::App => "app",
        }
    }
}

/// That somebody agreed.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Consent {
    /// To which text.
    pub version: String,
    /// When.
    pub given_at: DateTime<Utc>,
    /// By which way.
    pub channel: Channel,
}

/// What a customer agreed to last; none for those whom others have told us of.
///
/// # Errors
/// When the database fails.
pub async fn last_consent(
    db: &mut impl Executor,
    customer: &CustomerId,
) -> Result<Option<Consent>> {
    Ok(fetch_optional!(
        db,
        Consent,
        "select version, given_at, channel
           from consents
          where customer_id = $1
          order by given_at desc, id desc
          limit 1",
        customer
    )?)
}

/// Whether the text has changed since, so that it is to be asked anew.
#[must_use]
pub fn is_due(last: Option<&Consent>) -> bool {
    last.is_none_or(|consent| consent.version != CONSENT_VERSION)
}

/// A customer agrees to today's text.
///
/// # Errors
/// When the database fails.
pub async fn agree(
    tx: &mut Tx,
    customer: &CustomerId,
    channel: Channel,
    now: DateTime<Utc>,
) -> Result<()> {
    note_consent(tx, customer, channel, now).await
}

/// Notes that somebody agreed to today's text.
pub(crate) async fn note_consent(
    tx: &mut Tx,
    customer: &CustomerId,
    channel: Channel,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "insert into consents (id, customer_id, version, given_at, channel)
         values ($1, $2, $3, $4, $5)",
        new_id(now),
        customer,
        CONSENT_VERSION,
        now,
        channel
    )?;
    Ok(())
}
