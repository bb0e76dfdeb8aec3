//! Calls of the portal: one, many in a batch, lists page by page, files; and how they can fail.

pub mod batch;
pub mod client;
mod download;
pub mod error;
mod list;
mod php;
mod upload;
mod wire;

#[cfg(test)]
mod tests;

pub use crate::crm::bitrix24::calls::list::Pages;
