//! The Mini App: pages and JSON over the domain.

pub mod init_data;
pub mod session;
