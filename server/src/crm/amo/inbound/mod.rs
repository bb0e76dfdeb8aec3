//! What the account tells us: webhooks, and the poll of what they did not say. What follows from
//! both is the same for every CRM: [`crate::crm::hear`].

mod changes;
pub(crate) mod echo;
pub(crate) mod facets;
mod form;
pub(crate) mod hint;
mod journal;
mod speaker;
pub(crate) mod subscription;
mod told;
pub mod webhook;
