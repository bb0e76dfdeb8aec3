//! Approvals in the portal: what of its deals and leads needs a decision, the task by which its people
//! decide, and what follows there.

mod answer;
pub(crate) mod compose;
mod effect;
pub(in crate::crm::bitrix24) mod facts;
mod files;
mod hear;
mod people;
mod sample;
pub(in crate::crm::bitrix24) mod tasks;
mod tell;
mod watch;

pub(crate) use people::name_of;
pub(crate) use tasks::permitted;
