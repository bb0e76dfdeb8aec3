//! amoCRM, API v4 and its webhooks.

mod attach;
mod catalogue;
pub mod client;
mod compose;
pub mod connection;
mod contact;
mod deal;
mod deliver;
mod drive;
mod echo;
pub mod error;
pub mod fault;
mod feed;
pub mod fields;
pub(crate) mod firm;
mod form;
pub(crate) mod hint;
pub(crate) mod hosts;
mod inbound;
mod journal;
pub(crate) mod jwt;
pub(crate) mod limiter;
mod maintained;
pub(crate) mod oauth;
mod people;
mod poll;
mod positions;
mod probe;
mod refresh;
mod stage;
pub(crate) mod subscription;
pub mod token;
mod transport;
mod turns;
mod upsell;
pub mod webhook;
pub mod wire;
mod won;
pub mod write;

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;

pub use crate::crm::amo::client::AmoCalls;
pub use crate::crm::amo::error::CallError;
pub(crate) use crate::crm::amo::hint::RAW;
pub use crate::crm::amo::limiter::Urgency;
pub use crate::crm::amo::transport::AmoClient;
