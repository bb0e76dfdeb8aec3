//! Service requests: a call for help, from the customer's words to the end of the standstill.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{CustomerId, MachineId, RequestId, StaffId};
use crate::text::clean;
use crate::{Error, Result};

mod board;
mod book;
mod create;
mod drafts;
mod guide;
mod news;
mod rating;
mod read;
mod states;
mod tell;
mod thread;
mod windows;

pub use board::{Whose, column, shift, unassigned};
pub use book::{Filter, OpenRequest, Which, open, page};
pub use create::*;
pub use drafts::*;
pub use guide::*;
pub use rating::*;
pub use read::*;
pub use states::*;
pub(crate) use tell::{tell_cards, tell_crm};
pub use thread::*;
pub use windows::*;

/// Where a service request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// Nobody has it yet.
    New,
    /// A manager has it.
    Taken,
    /// An engineer is to come.
    Scheduled,
    /// The engineer works.
    InProgress,
    /// The customer is awaited; the standstill clock pauses.
    WaitingCustomer,
    /// Parts are awaited.
    WaitingParts,
    /// The engineer reported it done.
    Done,
    /// The customer agrees, or time has passed.
    Closed,
    /// Called off.
    Cancelled,
}

impl State {
    /// All of them, in the order of a request's way.
    pub const ALL: [State; 9] = [
        State::New,
        State::Taken,
        State::Scheduled,
        State::InProgress,
        State::WaitingCustomer,
        State::WaitingParts,
        State::Done,
        State::Closed,
        State::Cancelled,
    ];

    /// Reads [`State::as_str`] back.
    pub fn parse(text: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether [`advance`] moves a request there from this state.
    pub fn leads_to(self, to: State) -> bool {
        use State::{Cancelled, Closed, Done, InProgress, New, Scheduled, Taken};
        use State::{WaitingCustomer, WaitingParts};
        let open = !matches!(self, Done | Closed | Cancelled);
        match to {
            New => false,
            Taken => self == New,
            Scheduled => matches!(self, New | Taken),
            InProgress | WaitingCustomer | WaitingParts => open && self != to,
            Done | Cancelled => open,
            Closed => open || self == Done,
        }
    }

    /// Its name in the contract and in the keys of texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            State::New => "new",
            State::Taken => "taken",
            State::Scheduled => "scheduled",
            State::InProgress => "in_progress",
            State::WaitingCustomer => "waiting_customer",
            State::WaitingParts => "waiting_parts",
            State::Done => "done",
            State::Closed => "closed",
            State::Cancelled => "cancelled",
        }
    }
}

/// What help is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Kind {
    /// It broke.
    Breakdown,
    /// Planned maintenance.
    Maintenance,
    /// Putting it to work.
    Commissioning,
    /// A question.
    Consultation,
    /// A case of warranty.
    Warranty,
}

impl Kind {
    /// All of them, in the order in which people are asked.
    pub const ALL: [Kind; 5] = [
        Kind::Breakdown,
        Kind::Maintenance,
        Kind::Commissioning,
        Kind::Consultation,
        Kind::Warranty,
    ];

    /// Its name in the contract and in the keys of texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Breakdown => "breakdown",
            Kind::Maintenance => "maintenance",
            Kind::Commissioning => "commissioning",
            Kind::Consultation => "consultation",
            Kind::Warranty => "warranty",
        }
    }

    /// Reads [`Kind::as_str`] back.
    pub fn parse(text: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A call for help.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct ServiceRequest {
    /// Its id.
    pub id: RequestId,
    /// `SRV-2026-000045`.
    pub number: String,
    /// Who asked.
    pub customer_id: CustomerId,
    /// About which machine.
    pub machine_id: Option<MachineId>,
    /// What is asked.
    pub kind: Kind,
    /// Whether the machine stands still.
    pub machine_down: bool,
    /// In the customer's words.
    pub text: String,
    /// Where it stands.
    pub state: State,
    /// The manager who has it.
    pub taken_by: Option<StaffId>,
    /// When it was asked; the standstill runs from here.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was reported done; the standstill ends here.
    pub fixed_at: Option<DateTime<Utc>>,
}

/// A text that must be given: cleaned, or the field's fault.
pub(crate) fn words(field: &'static str, text: &str, max: usize) -> Result<String> {
    let fault = || match clean(text, usize::MAX) {
        None => Error::invalid(field, "error-required"),
        Some(_) => Error::invalid(field, "error-too-long"),
    };
    clean(text, max).ok_or_else(fault)
}

#[cfg(test)]
mod tests;
