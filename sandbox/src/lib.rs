//! placeholder
pub mod telegram;
