//! What the account tells us: webhooks, the poll of what they did not say, and what follows from
//! both here.

mod echo;
pub(crate) mod facets;
mod follow;
mod form;
pub(crate) mod hint;
mod journal;
mod poll;
pub(crate) mod subscription;
pub mod webhook;
mod won;
