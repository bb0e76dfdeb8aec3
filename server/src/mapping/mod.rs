//! Our states and fields beside those of an account: what the account was last seen to have
//! ([`structure`]), what fits which of ours ([`kinds`], [`check`]), what the console changed over the
//! configuration ([`apply`]), and the table that it shows ([`desk`]).

pub(crate) mod apply;
pub(crate) mod check;
mod desk;
pub(crate) mod kinds;
pub(crate) mod structure;

pub(crate) use desk::Mappings;
