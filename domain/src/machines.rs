//! Machines: the park of a customer and what is known of each.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::Result;
use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::{CompanyId, CustomerId, MachineId, ModelId, SiteId, new_id};
use crate::people::chosen_company;

mod book;
mod claims;
mod deals;
mod hours;
mod models;
mod passport;
mod register;
mod rights;
mod sales;
pub(crate) mod scope;

pub use book::{Filter, Which, of_company, page};
pub use claims::{Claimed, NewClaim, claim, models};
pub(crate) use claims::{claimant, settle_claim};
pub(crate) use deals::plan_changed;
pub use deals::{Unsaid, is_followed, said, unsaid};
pub use hours::{DOUBTS, Reading, set_hours};
pub use models::{ListedModel, ModelCard, model, models_page};
pub use passport::*;
pub use register::*;
pub use rights::*;
pub(crate) use sales::refused;
pub use sales::{
    Gap, MachineNow, Rehearsed, Sale, SaleGaps, SoldMachine, WouldAsk, follow_sale, has_open_gaps,
    models_changed, rehearse_sale, sale_gaps, sold_machines,
};
use scope::machine_is_of;

/// More running hours than any machine lives.
pub const MAX_HOURS: i64 = 1_000_000;

/// Whether a machine runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum MachineState {
    /// Nothing says otherwise.
    #[default]
    Working,
    /// An open request says that it stands still.
    Down,
}

/// A machine as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct MachineSummary {
    /// Its id.
    pub id: MachineId,
    /// As on its plate.
    pub serial: String,
    /// The model's code.
    pub model_code: String,
    /// The model's name.
    pub model_name: String,
    /// The model's picture, an address.
    pub photo: Option<String>,
    /// Where it stands.
    pub site: Option<String>,
    /// Whose it is.
    pub company: Option<String>,
    /// Whether it runs.
    #[sqlx(default)]
    pub state: MachineState,
    /// Since when it stands still.
    pub down_since: Option<DateTime<Utc>>,
    /// When its next maintenance is due.
    pub next_maintenance_on: Option<NaiveDate>,
}

/// One machine, as stored.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Machine {
    /// Its id.
    #[sqlx(rename = "machine_id")]
    pub id: MachineId,
    /// As on its plate.
    pub serial: String,
    /// Its model.
    pub model_id: ModelId,
    /// How it was equipped.
    pub configuration: String,
    /// The company that has it.
    pub company_id: Option<CompanyId>,
    /// Where it stands.
    pub site_id: Option<SiteId>,
    /// The person who has it.
    pub customer_id: Option<CustomerId>,
    /// When it was made.
    pub made_on: Option<NaiveDate>,
    /// When it left the dealer.
    pub shipped_on: Option<NaiveDate>,
    /// When it was put to work.
    pub commissioned_on: Option<NaiveDate>,
    /// The last day of its warranty.
    pub warranty_until: Option<NaiveDate>,
    /// Running hours, as last told.
    pub hours: Option<i64>,
    /// When its next maintenance is due.
    pub next_maintenance_on: Option<NaiveDate>,
}

/// The rows of [`MachineSummary`] for the machines of a table expression called `m`. A machine is
/// down from the first open request that says so; its state is told from that afterwards, since
/// SQLite would look twice.
macro_rules! summaries {
    ($machines:expr) => {
        concat!(
            "select m.id, m.serial, model.code as model_code, model.name as model_name, model.photo,
                    site.name as site, company.name as company, m.next_maintenance_on,
                    (select min(r.created_at)
                       from service_requests r
                      where r.machine_id = m.id and r.machine_down
                        and r.state not in ('done', 'closed', 'cancelled')) as down_since
               from ",
            $machines,
            " join machine_models model on model.id = m.model_id
              left join sites site on site.id = m.site_id
              left join companies company on company.id = m.company_id"
        )
    };
}

pub(crate) use summaries;

impl MachineSummary {
    fn with_state(mut self) -> MachineSummary {
        if self.down_since.is_some() {
            self.state = MachineState::Down;
        }
        self
    }
}

/// All machines of the customer in `$1`, as a table expression called `m`.
macro_rules! park {
    () => {
        "(select own.*
                from machine_instances own
               where own.customer_id = $1
               union all
              select theirs.*
                from memberships member
                join machine_instances theirs
                  on theirs.company_id = member.company_id
                 and theirs.customer_id is distinct from $1
               where member.state = 'active' and member.customer_id = $1
               union all
              select seen.*
                from machine_guests guest
                join machine_instances seen on seen.id = guest.machine_id
               where guest.state = 'active' and guest.customer_id = $1
                 and seen.customer_id is distinct from $1
                 and (seen.company_id is null or seen.company_id not in
                      (select company_id from memberships
                        where state = 'active' and customer_id = $1))) m"
    };
}

/// The customer's machines, by site, then serial.
/// Sorted here: a page shows all of them, and a database sorts a handful of rows at a higher price.
pub async fn park(db: &mut impl Executor, customer: &CustomerId) -> Result<Vec<MachineSummary>> {
    let machines = fetch_all!(db, MachineSummary, summaries!(park!()), customer)?;
    Ok(sorted(machines))
}

/// Those of the company that the customer looks at; all of them where they look at all.
pub async fn shown_park(
    db: &mut impl Executor,
    customer: &CustomerId,
) -> Result<Vec<MachineSummary>> {
    let machines = fetch_all!(
        db,
        MachineSummary,
        concat!(
            summaries!(park!()),
            " where ",
            chosen_company!("$1"),
            " is null or m.company_id = ",
            chosen_company!("$1")
        ),
        customer
    )?;
    Ok(sorted(machines))
}

fn sorted(machines: Vec<MachineSummary>) -> Vec<MachineSummary> {
    let mut machines: Vec<_> = machines.into_iter().map(MachineSummary::with_state).collect();
    machines.sort_by(|one, other| {
        let site = one.site.as_deref().unwrap_or_default();
        let other_site = other.site.as_deref().unwrap_or_default();
        (site, &one.serial, &one.id).cmp(&(other_site, &other.serial, &other.id))
    });
    machines
}

/// A machine by id, whoever asks: for workers and staff.
pub async fn find(db: &mut impl Executor, id: &MachineId) -> Result<Option<MachineSummary>> {
    let one = summaries!("(select * from machine_instances where id = $1) m");
    let found = fetch_optional!(db, MachineSummary, one, id)?;
    Ok(found.map(MachineSummary::with_state))
}

/// The machines that an open case is about.
pub(crate) async fn disputed(db: &mut impl Executor) -> Result<Vec<MachineSummary>> {
    let machines = fetch_all!(
        db,
        MachineSummary,
        summaries!(
            "(select * from machine_instances
               where id in (select machine_id from approvals
                           where state = 'open' and machine_id is not null)) m"
        )
    )?;
    Ok(machines.into_iter().map(MachineSummary::with_state).collect())
}

/// Whether the machine is the customer's.
pub async fn visible(
    db: &mut impl Executor,
    customer: &CustomerId,
    id: &MachineId,
) -> Result<bool> {
    let found = fetch_optional!(
        db,
        (MachineId,),
        concat!("select m.id from machine_instances m where m.id = $2 and ", machine_is_of!("$1")),
        customer,
        id
    )?;
    Ok(found.is_some())
}

/// Where the machine's passport came from, such as `amocrm:lead:123`; `None` after an import.
pub async fn registered_from(db: &mut impl Executor, id: &MachineId) -> Result<Option<String>> {
    let row = fetch_optional!(
        db,
        (Option<String>,),
        "select ref from timeline_events
          where machine_id = $1 and kind = 'registered'
          order by at, id
          limit 1",
        id
    )?;
    Ok(row.and_then(|(source,)| source))
}

/// Adds an event to the machine's history. `reference` names what happened, such as
/// `order:…`: one kind of event about one thing stands there once.
pub async fn add_timeline(
    tx: &mut Tx,
    machine: &MachineId,
    at: DateTime<Utc>,
    kind: &str,
    title: &str,
    reference: Option<&str>,
) -> Result<()> {
    execute!(
        tx,
        "insert into timeline_events (id, machine_id, at, kind, title, ref)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (machine_id, kind, ref) do nothing",
        new_id(at),
        machine,
        at,
        kind,
        title,
        reference
    )?;
    Ok(())
}

#[cfg(test)]
pub(crate) mod testkit;
#[cfg(test)]
mod tests;
