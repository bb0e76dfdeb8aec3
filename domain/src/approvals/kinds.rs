//! What may be asked, where it may stand, what may be answered, and why an answer does not count.

use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Kind {
    /// A deal or lead of a CRM meets a rule.
    Deal,
    /// Somebody wrote it by hand.
    Hand,
    /// The serial is of a machine that belongs to another.
    Owner,
    /// The serial lies one edit from another machine's of the model.
    Typo,
    /// A person wants to belong to a company.
    Membership,
    /// A customer calls off an order that was confirmed.
    LateCancel,
    /// A member orders more than they may without their director.
    OrderLimit,
    /// Somebody who scanned a plate wants to see its machine.
    PlateAccess,
    /// A customer wants a passport for a machine that the dealer did not sell them.
    MachineClaim,
    /// A manager offers more off than they may take off alone.
    Discount,
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// It waits for a decision.
    Open,
    /// It was let through.
    Approved,
    /// It was refused.
    Rejected,
    /// Something must be changed first.
    ChangesRequested,
    /// What was asked is gone or has changed, so nothing is asked any more.
    Withdrawn,
    /// Nobody decided in time.
    Expired,
}

/// What a decider may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// «Согласовать».
    Approve,
    /// «Отклонить».
    Reject,
    /// «На доработку».
    Changes,
}

/// Where one decider stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Stand {
    /// Not their turn yet.
    Waiting,
    /// They are asked.
    Asked,
    /// They agreed.
    Approved,
    /// They refused.
    Rejected,
    /// They want it changed.
    ChangesRequested,
    /// A colleague of the same seat answered.
    Passed,
    /// It was decided, or ended, without them.
    Ended,
}

/// By which way a decision came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Via {
    /// A card in Telegram.
    Telegram,
    /// The console, or the Mini App.
    Console,
    /// The task in the portal.
    Portal,
    /// A one-time link of an e-mail.
    Link,
}

/// Why a decision does not count. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[error("the decision does not count: {}", self.as_str())]
pub enum Refusal {
    /// It was decided already.
    Decided,
    /// Nothing is asked any more.
    Withdrawn,
    /// The deadline has passed.
    Expired,
    /// It has changed and is asked anew: the answer was about what it was before.
    Reopened,
    /// They have answered already; others are still asked.
    Repeated,
    /// Others decide first.
    NotYourTurn,
    /// They are not asked.
    Stranger,
    /// They asked for it themselves.
    Own,
    /// A refusal needs a reason.
    ReasonNeeded,
    /// The card is too old.
    Old,
}

impl Kind {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Deal => "deal",
            Kind::Hand => "hand",
            Kind::Owner => "owner",
            Kind::Typo => "typo",
            Kind::Membership => "membership",
            Kind::LateCancel => "late_cancel",
            Kind::OrderLimit => "order_limit",
            Kind::PlateAccess => "plate_access",
            Kind::MachineClaim => "machine_claim",
            Kind::Discount => "discount",
        }
    }

    /// Whether it is a dispute about a serial, which has answers of its own.
    pub const fn is_dispute(self) -> bool {
        matches!(self, Kind::Owner | Kind::Typo)
    }
}

impl State {
    /// All of them.
    pub const ALL: [State; 6] = [
        State::Open,
        State::Approved,
        State::Rejected,
        State::ChangesRequested,
        State::Withdrawn,
        State::Expired,
    ];

    /// As it is stored, and in the keys of texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Approved => "approved",
            State::Rejected => "rejected",
            State::ChangesRequested => "changes_requested",
            State::Withdrawn => "withdrawn",
            State::Expired => "expired",
        }
    }

    /// Reads [`State::as_str`] back.
    pub fn parse(text: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl Outcome {
    /// All of them, as they stand on a card.
    pub const ALL: [Outcome; 3] = [Outcome::Approve, Outcome::Reject, Outcome::Changes];

    /// As forms and buttons say it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::Approve => "approve",
            Outcome::Reject => "reject",
            Outcome::Changes => "changes",
        }
    }

    /// Reads [`Outcome::as_str`] back.
    pub fn parse(text: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }

    /// The key of the text on its button.
    pub const fn label(self) -> &'static str {
        match self {
            Outcome::Approve => "approval-act-approve",
            Outcome::Reject => "approval-act-reject",
            Outcome::Changes => "approval-act-changes",
        }
    }

    /// Where the decider then stands.
    pub(super) const fn stand(self) -> Stand {
        match self {
            Outcome::Approve => Stand::Approved,
            Outcome::Reject => Stand::Rejected,
            Outcome::Changes => Stand::ChangesRequested,
        }
    }

    /// Whether whoever says so must say why.
    pub const fn needs_reason(self) -> bool {
        !matches!(self, Outcome::Approve)
    }
}

impl Stand {
    /// As it is stored, and in the keys of texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Stand::Waiting => "waiting",
            Stand::Asked => "asked",
            Stand::Approved => "approved",
            Stand::Rejected => "rejected",
            Stand::ChangesRequested => "changes_requested",
            Stand::Passed => "passed",
            Stand::Ended => "ended",
        }
    }
}

impl Refusal {
    /// Its name; the sentence for people has the key [`Refusal::key`].
    pub const fn as_str(self) -> &'static str {
        match self {
            Refusal::Decided => "decided",
            Refusal::Withdrawn => "withdrawn",
            Refusal::Expired => "expired",
            Refusal::Reopened => "reopened",
            Refusal::Repeated => "repeated",
            Refusal::NotYourTurn => "not_your_turn",
            Refusal::Stranger => "stranger",
            Refusal::Own => "own",
            Refusal::ReasonNeeded => "reason_needed",
            Refusal::Old => "old",
        }
    }

    /// The key of its sentence.
    pub const fn key(self) -> &'static str {
        match self {
            Refusal::Decided => "approval-refused-decided",
            Refusal::Withdrawn => "approval-refused-withdrawn",
            Refusal::Expired => "approval-refused-expired",
            Refusal::Reopened => "approval-refused-reopened",
            Refusal::Repeated => "approval-refused-repeated",
            Refusal::NotYourTurn => "approval-refused-not-your-turn",
            Refusal::Stranger => "approval-refused-stranger",
            Refusal::Own => "approval-refused-own",
            Refusal::ReasonNeeded => "approval-refused-reason-needed",
            Refusal::Old => "approval-refused-old",
        }
    }

    /// The stable code of the contract for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Refusal::Stranger | Refusal::Own => "forbidden",
            Refusal::ReasonNeeded => "invalid",
            _ => "conflict",
        }
    }
}
