//! Bitrix24, its classic REST (`/rest/`): an incoming webhook or an application by consent.
//! Facts of the wire are those of its documentation (b24restdocs, August 2026).

pub mod access;
pub(crate) mod approvals;
pub mod calls;
pub(crate) mod catalogue;
pub mod check;
pub(crate) mod checkup;
pub mod connection;
pub(crate) mod deals;
pub mod inbound;

pub use crate::crm::bitrix24::calls::batch::{BatchAnswers, Command};
pub use crate::crm::bitrix24::calls::client::{BitrixCalls, BitrixClient};
pub use crate::crm::error::CallError;
