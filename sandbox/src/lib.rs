//! placeholder
pub mod amocrm;
pub mod faults;
pub mod telegram;
