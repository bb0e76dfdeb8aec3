//! Decisions asked of named people: each with its deadline, each made once. One table, one history
//! and one way to decide, whether a deal of a CRM meets a rule ([`deals`]), somebody asks by hand
//! ([`hand`]) or we ask ourselves ([`own`], [`disputes`]).
//!
//! A case is asked in versions: asked anew, its earlier answers and buttons count no more. Seats say
//! whose answers it needs; [`decide()`] is the only way in for an answer, whichever door it came
//! through, and what follows from it happens in the same transaction.

use chrono::{DateTime, Utc};

use crate::approvals::deals::DealFacts;
use crate::approvals::rules::{Effect, Entity, Policy};
use crate::db::{Executor, fetch_optional};
use crate::files::{self, StoredFile};
use crate::ids::{ApprovalId, CustomerId, StaffId};
use crate::money::Money;
use crate::{Error, Result, people, staff};

pub mod deals;
pub mod desk;
pub mod discounts;
pub mod disputes;
pub mod hand;
pub mod links;
pub mod own;
pub mod report;
pub mod rules;
pub mod sample;
pub mod substitutes;

mod ask;
mod buttons;
mod crm;
mod deadlines;
mod decide;
mod directors;
mod history;
mod hung;
mod kinds;
mod read;
mod seats;
mod tell;

pub use buttons::{pressed, token_for, visible};
pub use crm::{is_asked, open_in, refuse_in_crm, tell_crm};
pub use deadlines::tick;
pub use decide::{Decider, answerable, decide};
pub use directors::{
    Director, DirectorAnswer, ForDirector, decide_as_director, directable, directors, directs,
    for_director, waiting_for_director,
};
use history::{By, note};
pub use history::{Event, history};
pub use hung::{Hung, hang};
pub use kinds::{Kind, Outcome, Refusal, Stand, State, Via};
pub use own::ask_own;
pub use read::{list, mine};
pub use seats::{Seat, seats};
pub(crate) use tell::reach_changed;
pub use tell::{card_key, lane};

/// A case, as stored.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// What is asked.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// How often it was asked; grows each time it is asked anew.
    pub version: i64,
    /// What it is about, in a line.
    pub title: String,
    /// What was written to it by hand; empty where nothing was.
    pub words: String,
    /// The connection of the deal or lead that it is about.
    pub connection: Option<String>,
    /// Whether that is a deal or a lead.
    pub entity: Option<Entity>,
    /// Its id there.
    pub entity_id: Option<String>,
    /// The sum.
    pub amount: Option<Money>,
    /// Where the deal stands in the CRM, for people.
    pub url: Option<String>,
    facts: Option<String>,
    changed: Option<String>,
    /// The rule that it met.
    pub rule_name: Option<String>,
    policy: String,
    /// Who asks, by name; empty where nobody is known.
    pub requester_name: String,
    /// Who asks, where that is one of our staff.
    pub requester_staff: Option<StaffId>,
    /// Who asks, as the CRM knows them.
    pub requester_user: Option<String>,
    /// The id of our own thing that it is about.
    pub subject: Option<String>,
    /// Why, in the words of who decided.
    pub reason: Option<String>,
    /// Who decided.
    pub decided_by: Option<StaffId>,
    /// Who decided, where that was a director of the customer's company.
    pub decided_customer: Option<CustomerId>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// When this version was asked.
    pub asked_at: DateTime<Utc>,
    /// When it expires, or is handed up.
    pub deadline_at: Option<DateTime<Utc>>,
    /// When it was handed up.
    pub escalated_at: Option<DateTime<Utc>>,
    left_rule: bool,
    left_files: Option<String>,
    /// When it was first asked.
    pub created_at: DateTime<Utc>,
    /// When anything of it last changed.
    pub updated_at: DateTime<Utc>,
}

macro_rules! approvals {
    ($($rest:tt)+) => {
        concat!(
            "select id, kind, state, version, title, words, connection, entity, entity_id, amount,
                    url, facts, changed, rule_name, policy, requester_name, requester_staff,
                    requester_user, subject, reason, decided_by, decided_customer, decided_at,
                    asked_at, deadline_at,
                    escalated_at, left_rule, left_files, created_at, updated_at
               from approvals ",
            $($rest)+
        )
    };
}
use approvals;

impl Approval {
    /// What the deal said when it was last asked; none for what is about no deal.
    ///
    /// # Errors
    /// When what is stored does not read back.
    pub fn facts(&self) -> Result<Option<DealFacts>> {
        Ok(self.facts.as_deref().map(serde_json::from_str).transpose()?)
    }

    /// What has changed since the version before; empty for the first.
    ///
    /// # Errors
    /// When what is stored does not read back.
    pub fn changes(&self) -> Result<Vec<deals::Change>> {
        Ok(self.changed.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default())
    }

    /// The terms as they were when it was asked.
    ///
    /// # Errors
    /// When what is stored does not read back.
    pub fn policy(&self) -> Result<Policy> {
        Ok(serde_json::from_str(&self.policy)?)
    }

    async fn decider(&self, db: &mut impl Executor) -> Result<Option<String>> {
        Ok(match (&self.decided_by, &self.decided_customer) {
            (Some(id), _) => staff::find(db, id).await?.map(|staff| staff.name),
            (None, Some(id)) => people::find(db, id).await?.map(|customer| customer.name),
            (None, None) => None,
        })
    }

    fn left(&self) -> Result<Vec<Hung>> {
        Ok(self.left_files.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default())
    }

    /// What follows in the CRM from where it stands; none while it is open, withdrawn or expired.
    ///
    /// # Errors
    /// When what is stored does not read back.
    pub fn effect(&self) -> Result<Option<Effect>> {
        let policy = self.policy()?;
        Ok(match self.state {
            State::Approved => Some(policy.on_approve),
            State::Rejected => Some(policy.on_reject),
            State::ChangesRequested => Some(policy.on_changes),
            State::Open | State::Withdrawn | State::Expired => None,
        })
    }
}

/// A case with everything that a card or a page says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The case.
    pub approval: Approval,
    /// What the deal said when it was last asked; none for what is about no deal.
    pub facts: Option<DealFacts>,
    /// What has changed since the version before.
    pub changes: Vec<deals::Change>,
    /// Who is or was asked.
    pub seats: Vec<Seat>,
    /// What a quote is to take off, where that is asked.
    pub discount: Option<discounts::OfDiscount>,
    /// What was sent along with a case written by hand, and what hangs on its deal.
    pub files: Vec<StoredFile>,
    /// What hangs on its deal as well and opens there alone.
    pub left: Vec<Hung>,
    /// The name of who decided.
    pub decided_by: Option<String>,
}

/// A case by its id.
///
/// # Errors
/// `NotFound`.
pub async fn find(db: &mut impl Executor, id: &ApprovalId) -> Result<Approval> {
    fetch_optional!(db, Approval, approvals!("where id = $1"), id)?.ok_or(Error::NotFound)
}

/// A case with everything that is said of it.
///
/// # Errors
/// `NotFound`.
pub async fn load(db: &mut impl Executor, id: &ApprovalId) -> Result<Case> {
    let approval = find(db, id).await?;
    let decided_by = approval.decider(db).await?;
    Ok(Case {
        facts: approval.facts()?,
        changes: approval.changes()?,
        seats: seats(db, id).await?,
        discount: discounts::of(db, &approval).await?,
        files: files::of(db, &files_owner(id)).await?,
        left: approval.left()?,
        decided_by,
        approval,
    })
}

/// The owner of the files of a case, as [`crate::files::of`] knows it.
pub fn files_owner(id: &ApprovalId) -> String {
    format!("approval:{id}")
}

#[cfg(test)]
mod tests;
