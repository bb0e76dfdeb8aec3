//! What a CRM is told of ours, whichever it is: the deal of an order or a request with its people,
//! notes, files and positions, each step looked for before it is made and remembered once it is.
//!
//! An [`Account`] knows its wire. What is told, and in which order, stands here once for all CRMs.

mod account;
pub(crate) mod compose;
pub(crate) mod deal;
mod deliver;
pub(crate) mod feed;
pub(crate) mod firm;
pub(crate) mod lead;
pub(crate) mod maintained;
mod memory;
pub(crate) mod person;
mod position;
pub(crate) mod quote;
mod stage;
mod talk;
mod telling;
pub(crate) mod upsell;

pub(crate) use crate::crm::tell::account::{Account, Bundle, Found, Place, Telling};
pub(crate) use crate::crm::tell::deliver::deliver;
pub(crate) use crate::crm::tell::memory::{Memory, local, rejected};
pub(crate) use crate::crm::tell::position::Position;
