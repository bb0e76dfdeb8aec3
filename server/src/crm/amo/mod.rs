//! amoCRM, API v4 and its webhooks.

pub mod access;
pub mod calls;
pub(crate) mod checkup;
pub mod connection;
pub(crate) mod deals;
pub mod inbound;
pub mod wire;

pub use crate::crm::amo::calls::client::AmoCalls;
pub use crate::crm::amo::calls::error::CallError;
pub use crate::crm::amo::calls::transport::AmoClient;
