//! The dealer's people, and which part of the dealer each belongs to.

use serde::{Deserialize, Serialize};

/// A person of the dealer's staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    pub(crate) active: bool,
    pub(crate) admin: bool,
    /// Mobile phone; empty = none.
    #[serde(default)]
    pub(crate) phone: String,
    #[serde(default)]
    pub(crate) departments: Vec<i64>,
}

/// A part of the dealer's structure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Department {
    pub(crate) id: i64,
    pub(crate) name: String,
    /// 0 = none above it.
    pub(crate) parent: i64,
    /// 0 = nobody.
    pub(crate) head: i64,
}
