//! Orders.

use serde::{Deserialize, Serialize};

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// The customer sent it.
    Placed,
    /// The manager answered with prices.
    Quoted,
    /// The director of the company decides.
    AwaitingApproval,
    /// Agreed; it is being collected.
    Confirmed,
    /// On its way.
    Shipped,
    /// Handed over.
    Completed,
    /// Called off.
    Cancelled,
    /// The offer ran out.
    Expired,
}
