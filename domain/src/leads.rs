//! Site leads: what somebody who may be nobody's customer yet asks by a form of the dealer's site.
//!
//! A form that was sent is a [`Touch`]. The same person with the same form within a day is one
//! [`Lead`] with several touches. What looks like a robot's work is kept as [`State::Suspected`] and
//! told nobody until a manager says that it is a person's: no person's words are ever thrown away.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::files::StoredFile;
use crate::ids::{LeadId, StaffId, TouchId};
use crate::text::{Email, Phone};

mod book;
mod forget;
mod form;
mod line;
mod read;
mod receive;
mod states;
mod tell;

pub use book::{Filter, page, sources};
pub(crate) use forget::forget;
pub use form::{NewLead, Tracking};
pub use line::pass_on;
pub use read::*;
pub use receive::{Received, receive};
pub use states::{advance, close, give, release, take};

/// Where a lead stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// It looks like a robot's work: nobody was told.
    Suspected,
    /// Nobody has it yet.
    New,
    /// A manager has it.
    Taken,
    /// It became a deal.
    Converted,
    /// Nothing comes of it.
    Rejected,
}

impl State {
    /// All of them.
    pub const ALL: [State; 5] =
        [State::Suspected, State::New, State::Taken, State::Converted, State::Rejected];

    /// Its name in the contract, in the configuration and in the keys of texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Suspected => "suspected",
            State::New => "new",
            State::Taken => "taken",
            State::Converted => "converted",
            State::Rejected => "rejected",
        }
    }

    /// Reads [`State::as_str`] back.
    pub fn parse(text: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// As the site and its visitor hear it: a robot must not learn that it was seen through.
    pub const fn told(self) -> &'static str {
        match self {
            State::Suspected => State::New.as_str(),
            other => other.as_str(),
        }
    }
}

/// Why a form looks like a robot's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Suspicion {
    /// A field was filled that people do not see.
    Trap,
    /// It was filled faster than people type.
    Haste,
}

impl Suspicion {
    /// Its name in the keys of texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Suspicion::Trap => "trap",
            Suspicion::Haste => "haste",
        }
    }
}

/// What a person asked on the site.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Lead {
    /// Its id.
    pub id: LeadId,
    /// `LEAD-2026-000012`.
    pub number: String,
    /// Opens its state to the site, and nothing else.
    #[serde(skip)]
    pub token: String,
    /// Which form of the site.
    pub form: String,
    /// As they called themselves first.
    pub name: String,
    /// Where to call; none once the person was erased.
    pub phone: Option<Phone>,
    /// Where to write.
    pub email: Option<Email>,
    /// Where it stands.
    pub state: State,
    /// The manager who has it.
    pub taken_by: Option<StaffId>,
    /// When it was first asked.
    pub created_at: DateTime<Utc>,
    /// When they last wrote.
    pub touched_at: DateTime<Utc>,
    /// When its state last changed.
    pub updated_at: DateTime<Utc>,
}

impl Lead {
    /// Whether the person asked to be forgotten: there is nobody left to tell of.
    pub fn is_erased(&self) -> bool {
        self.phone.is_none()
    }
}

/// One form that was sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Touch {
    /// Its id.
    pub id: TouchId,
    /// As they called themselves.
    pub name: String,
    /// Where to call; none once the person was erased.
    pub phone: Option<Phone>,
    /// Where to write.
    pub email: Option<Email>,
    /// In their words.
    pub message: Option<String>,
    /// The address of the page with the form.
    pub page: Option<String>,
    /// Where they came to the site from.
    pub referrer: Option<String>,
    /// By which advertisement they came.
    pub tracking: Tracking,
    /// Fields that we do not know: name and value, in the order of the form.
    pub extra: Vec<(String, String)>,
    /// Why it looks like a robot's work, if it does.
    pub suspicion: Option<Suspicion>,
    /// What was sent along.
    pub files: Vec<StoredFile>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A lead with everything that a card, a page or a CRM says of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeadCase {
    /// The lead.
    pub lead: Lead,
    /// What was sent, in order; never empty.
    pub touches: Vec<Touch>,
    /// The name of the manager who has it.
    pub taken_by_name: Option<String>,
}

impl LeadCase {
    /// What brought them.
    pub fn first(&self) -> &Touch {
        &self.touches[0]
    }

    /// What they sent last.
    pub fn last(&self) -> &Touch {
        self.touches.last().unwrap_or(&self.touches[0])
    }

    /// One of what they sent.
    pub fn touch(&self, id: &TouchId) -> Option<&Touch> {
        self.touches.iter().find(|touch| touch.id == *id)
    }
}

/// What must stay in order about a lead, and its name among the links to CRMs.
pub fn entity(id: &LeadId) -> String {
    format!("lead:{id}")
}

/// Which message is a manager's card of the lead, as [`crate::cards`] knows it.
pub fn staff_card_key(id: &LeadId) -> String {
    format!("staff-lead:{id}")
}

/// The owner of the files of a touch, as [`crate::files::of`] knows it.
pub fn files_owner(id: &TouchId) -> String {
    format!("lead_touch:{id}")
}

#[cfg(test)]
mod tests;
