//! What a CRM says, whichever it is: the stage of a deal or lead, a contact that changed, a won deal
//! with its machines. What we hear of is a hint; the entity is read, the ledger tells what in it is
//! news, and what follows from it happens here.
//!
//! A [`Speaker`] knows its wire. What is followed, and in which order, stands here once for all
//! CRMs, as [`crate::crm::tell`] holds what they are told.

mod deal;
pub(crate) mod echo;
pub(crate) mod facets;
mod follow;
pub(crate) mod hint;
mod people;
mod poll;
mod sale;
mod speaker;
mod standing;

pub(crate) use crate::crm::hear::deal::advance;
pub(crate) use crate::crm::hear::echo::{met, writing, written};
pub(crate) use crate::crm::hear::follow::{event, internal, trouble};
pub(crate) use crate::crm::hear::hint::{Hint, RAW, TASK};
pub(crate) use crate::crm::hear::people::{change_company, change_customers};
pub(crate) use crate::crm::hear::poll::{failure_of, ours, poll};
pub(crate) use crate::crm::hear::sale::{look_again, rehearse, tell_machine};
pub(crate) use crate::crm::hear::speaker::{
    Changes, Product, SaidField, Speaker, TheirDeal, TheirFirm, TheirPerson,
};
pub(crate) use crate::crm::hear::standing::stands;
