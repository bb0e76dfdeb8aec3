//! What the portal tells us: events, and the poll of what they did not say. What follows from both
//! is the same for every CRM: [`crate::crm::hear`].

mod changes;
pub(crate) mod hint;
mod offline;
pub(crate) mod read;
mod speaker;
pub(crate) mod subscription;
