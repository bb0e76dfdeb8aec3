//! The Mini App: pages and JSON over the domain.

pub mod assets;
#[cfg(any(test, feature = "gallery"))]
pub mod gallery;
pub mod init_data;
#[cfg(any(test, feature = "gallery"))]
mod samples;
pub mod session;
pub mod ui;
mod views;
