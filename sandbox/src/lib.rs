//! Telegram, amoCRM and a mailbox that behave, for the demo and the tests.

pub mod amocrm;
pub mod demo;
pub mod faults;
pub mod mailbox;
mod pages;
pub mod telegram;
