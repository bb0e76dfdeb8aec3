//! The binary: configuration, HTTP listener, workers, CRM clients, commands.

pub mod config;
