//! amoCRM, API v4 and its webhooks.

pub mod client;
mod compose;
pub mod connection;
mod contact;
mod deliver;
mod drive;
pub mod error;
pub mod fields;
mod form;
mod inbound;
pub(crate) mod limiter;
mod maintained;
mod transport;
pub mod webhook;
pub mod wire;
pub mod write;

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;

pub use crate::crm::amo::client::AmoCalls;
pub use crate::crm::amo::error::CallError;
pub use crate::crm::amo::limiter::Urgency;
pub use crate::crm::amo::transport::AmoClient;
