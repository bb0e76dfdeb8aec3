//! Telegram, amoCRM, Bitrix24 and a mailbox that behave, for the demo and the tests.

pub mod amocrm;
pub mod bitrix24;
pub mod demo;
pub mod faults;
pub mod hooks;
mod journal;
pub mod mailbox;
mod pages;
pub mod telegram;
