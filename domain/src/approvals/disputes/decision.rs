//! What a manager may decide about a dispute.

use serde::{Deserialize, Serialize};

use crate::approvals::Kind;

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

impl Decision {
    /// The decisions that fit a case.
    pub fn fitting(kind: Kind) -> &'static [Decision] {
        match kind {
            Kind::Owner => &[Decision::Transfer, Decision::Reject],
            Kind::Typo => &[Decision::Separate, Decision::Same, Decision::Reject],
            _ => &[],
        }
    }

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
