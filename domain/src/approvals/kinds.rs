//! What may be asked, where it may stand, what may be decided.

use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Kind {
    /// The serial is of a machine that belongs to another.
    Owner,
    /// The serial lies one edit from another machine's of the model.
    Typo,
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// It waits for a decision.
    Open,
    /// The deal was let through, one way or the other.
    Approved,
    /// The deal was refused.
    Rejected,
    /// The deal must be changed first.
    ChangesRequested,
    /// The deal changed, so nothing is asked any more.
    Withdrawn,
    /// Nobody decided in time.
    Expired,
}

/// What a manager may decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Decision {
    /// «Передать новому владельцу».
    Transfer,
    /// «Это другой станок».
    Separate,
    /// «Это тот же станок: опечатка».
    Same,
    /// «Отклонить».
    Reject,
}

impl Kind {
    /// The decisions that fit.
    pub fn decisions(self) -> &'static [Decision] {
        match self {
            Kind::Owner => &[Decision::Transfer, Decision::Reject],
            Kind::Typo => &[Decision::Separate, Decision::Same, Decision::Reject],
        }
    }

    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Owner => "owner",
            Kind::Typo => "typo",
        }
    }
}

impl Decision {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Decision::Transfer => "transfer",
            Decision::Separate => "separate",
            Decision::Same => "same",
            Decision::Reject => "reject",
        }
    }

    /// The key of the text on its button.
    pub fn label(self) -> &'static str {
        match self {
            Decision::Transfer => "approval-transfer",
            Decision::Separate => "approval-separate",
            Decision::Same => "approval-same",
            Decision::Reject => "approval-reject",
        }
    }

    /// The decision of this word.
    pub fn parse(word: &str) -> Option<Decision> {
        use Decision::{Reject, Same, Separate, Transfer};
        [Transfer, Separate, Same, Reject].into_iter().find(|decision| decision.as_str() == word)
    }
}
