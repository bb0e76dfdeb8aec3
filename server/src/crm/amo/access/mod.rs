//! How we get into an account and stay there: tokens, their refresh, the hosts that are believed,
//! and why an account may not let us in.

pub mod fault;
pub(crate) mod hosts;
pub(crate) mod jwt;
pub(crate) mod oauth;
mod refresh;
pub mod token;
