//! Approvers and their number, as files and forms write them.

use std::fmt;
use std::str::FromStr;

use crate::approvals::rules::{Approver, Need};
use crate::staff::Role;

/// The word names nobody: it is no Telegram id, no role and not `head`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("«{0}» is neither a Telegram id nor engineer, manager, administrator or head")]
pub struct NotAnApprover(String);

/// The word is not `all`, `in_turn` or a number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("«{0}» is not all, in_turn or a number")]
pub struct NotANeed(String);

impl FromStr for Approver {
    type Err = NotAnApprover;

    fn from_str(text: &str) -> Result<Approver, NotAnApprover> {
        let role = Role::ALL.into_iter().find(|role| role.as_str() == text);
        match (role, text.parse()) {
            (Some(role), _) => Ok(Approver::Role(role)),
            (None, Ok(id)) if id > 0 => Ok(Approver::Person(id)),
            _ if text == "head" => Ok(Approver::Head),
            _ => Err(NotAnApprover(text.to_owned())),
        }
    }
}

impl fmt::Display for Approver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Approver::Person(id) => write!(f, "{id}"),
            Approver::Role(role) => f.write_str(role.as_str()),
            Approver::Head => f.write_str("head"),
        }
    }
}

impl FromStr for Need {
    type Err = NotANeed;

    fn from_str(text: &str) -> Result<Need, NotANeed> {
        match (text, text.parse()) {
            ("all", _) => Ok(Need::All),
            ("in_turn", _) => Ok(Need::InTurn),
            (_, Ok(count)) if count > 0 => Ok(Need::Count(count)),
            _ => Err(NotANeed(text.to_owned())),
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Need::All => f.write_str("all"),
            Need::InTurn => f.write_str("in_turn"),
            Need::Count(count) => write!(f, "{count}"),
        }
    }
}

impl From<Approver> for String {
    fn from(approver: Approver) -> String {
        approver.to_string()
    }
}

impl TryFrom<String> for Approver {
    type Error = NotAnApprover;

    fn try_from(text: String) -> Result<Approver, NotAnApprover> {
        text.parse()
    }
}

impl From<Need> for String {
    fn from(need: Need) -> String {
        need.to_string()
    }
}

impl TryFrom<String> for Need {
    type Error = NotANeed;

    fn try_from(text: String) -> Result<Need, NotANeed> {
        text.parse()
    }
}
