//! Service requests.

use serde::{Deserialize, Serialize};

/// Where a service request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// Nobody has it yet.
    New,
    /// A manager has it.
    Taken,
    /// An engineer is to come.
    Scheduled,
    /// The engineer works.
    InProgress,
    /// The customer is awaited; the standstill clock pauses.
    WaitingCustomer,
    /// Parts are awaited.
    WaitingParts,
    /// The engineer reported it done.
    Done,
    /// The customer agrees, or time has passed.
    Closed,
    /// Called off.
    Cancelled,
}
