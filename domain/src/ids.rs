//! Identifiers: made by the application, sortable by creation, never guessed from a number.

use chrono::{DateTime, Utc};
use std::sync::{LazyLock, Mutex};
use uuid::{ContextV7, Timestamp, Uuid};

/// A new identifier: UUIDv7 as 32 hex digits, which fits a callback's 64 bytes and a deep link.
/// Within one process two identifiers never sort against the order in which they were made.
pub fn new_id(now: DateTime<Utc>) -> String {
    // The context counts within a millisecond and holds on when a clock steps back.
    static CONTEXT: LazyLock<Mutex<ContextV7>> = LazyLock::new(|| Mutex::new(ContextV7::new()));
    let context = CONTEXT.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    let stamp = Timestamp::from_unix(&*context, seconds, now.timestamp_subsec_nanos());
    Uuid::new_v7(stamp).simple().to_string()
}

/// An unguessable token: 24 random bytes as 48 hex digits.
pub fn new_token() -> String {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).expect("the system has a random source");
    hex::encode(bytes)
}

/// What is stored of a token: its SHA-256 in hex. A stolen database opens nothing.
pub fn token_hash(token: &str) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(Sha256::digest(token.as_bytes()))
}

macro_rules! id {
    ($(#[$doc:meta] $name:ident),* $(,)?) => {$(
        #[$doc]
        #[derive(
            Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize, sqlx::Type,
        )]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(String);

        impl $name {
            /// A new one.
            pub fn new(now: DateTime<Utc>) -> Self {
                Self(new_id(now))
            }

            /// Its text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    )*};
}

id! {
    /// Identifies a company.
    CompanyId,
    /// Identifies a site of a company.
    SiteId,
    /// Identifies a customer.
    CustomerId,
    /// Identifies a member of staff.
    StaffId,
    /// Identifies a machine model.
    ModelId,
    /// Identifies a machine.
    MachineId,
    /// Identifies a part.
    PartId,
    /// Identifies an order.
    OrderId,
    /// Identifies one revision of a quote.
    QuoteId,
    /// Identifies a service request.
    RequestId,
    /// Identifies a message of a thread.
    WordId,
    /// Identifies a work order.
    WorkOrderId,
    /// Identifies a due maintenance.
    OccurrenceId,
    /// Identifies what somebody asked on the site.
    LeadId,
    /// Identifies one form that was sent.
    TouchId,
    /// Identifies what a manager must decide.
    ApprovalId,
    /// Identifies a rule of approvals that was written in the console.
    RuleId,
    /// Identifies a stored file.
    FileId,
    /// Identifies a delivery.
    DeliveryId,
    /// Identifies an inbound event.
    EventId,
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn ids_made_in_one_instant_sort_by_creation() {
        let now = Utc.with_ymd_and_hms(2026, 11, 21, 9, 0, 0).unwrap();
        let made: Vec<String> = (0..1000).map(|_| new_id(now)).collect();
        let mut sorted = made.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(made, sorted);
    }
}
