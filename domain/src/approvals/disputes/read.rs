//! Disputes with both histories, as cards and pages show them.

use crate::approvals::disputes::{Case, Dispute};
use crate::db::{Executor, fetch_all, fetch_optional};
use crate::ids::{ApprovalId, MachineId};
use crate::machines::{self, TimelineEvent};
use crate::{Error, Result, people, staff};

/// So much of a machine's history stands on a card.
const HISTORY: usize = 4;

/// The same as a parameter of a statement.
const HISTORY_ROWS: i64 = 4;

/// Of those that wait so many are listed: more at once were never seen.
const WAITING: i64 = 100;

#[derive(sqlx::FromRow)]
struct WaitingRow {
    #[sqlx(flatten)]
    approval: Dispute,
    owner: Option<String>,
}

#[derive(sqlx::FromRow)]
struct HistoryRow {
    machine_id: MachineId,
    #[sqlx(flatten)]
    event: TimelineEvent,
}

macro_rules! disputes {
    ($rest:literal) => {
        concat!(
            "select id, kind, state, machine_id, claim, decision, decided_by, created_at
               from approvals ",
            $rest
        )
    };
}

/// A case with both histories, for managers and workers.
pub async fn load(db: &mut impl Executor, id: &ApprovalId) -> Result<Case> {
    let approval = find(db, id).await?;
    complete(db, approval).await
}

/// What waits for a decision, the oldest first, with both histories. Three statements, however many
/// there are.
pub async fn waiting(db: &mut impl Executor) -> Result<Vec<Case>> {
    let open = fetch_all!(
        db,
        WaitingRow,
        "select a.id, a.kind, a.state, a.machine_id, a.claim, a.decision, a.decided_by,
                a.created_at, c.name as owner
           from approvals a
           join machine_instances m on m.id = a.machine_id
           left join customers c on c.id = m.customer_id
          where a.state = 'open' and a.kind in ('owner', 'typo')
          order by a.id
          limit $1",
        WAITING
    )?;
    let machines = machines::disputed(db).await?;
    let events = fetch_all!(
        db,
        HistoryRow,
        "select e.machine_id, e.at, e.kind, e.title
           from (select machine_id, id, at, kind, title,
                        row_number() over (partition by machine_id
                                           order by at desc, id desc) as place
                   from timeline_events
                  where machine_id in (select machine_id from approvals where state = 'open')) e
          where e.place <= $1
          order by e.machine_id, e.place",
        HISTORY_ROWS
    )?;
    let mut cases = Vec::with_capacity(open.len());
    for WaitingRow { approval, owner } in open {
        let machine = machines.iter().find(|machine| machine.id == approval.machine_id);
        let machine = machine.cloned().ok_or(Error::NotFound)?;
        let claim = serde_json::from_str(&approval.claim)?;
        let history = events.iter().filter(|event| event.machine_id == approval.machine_id);
        let history = history.map(|event| event.event.clone()).collect();
        cases.push(Case { approval, claim, machine, owner, history, decided_by: None });
    }
    Ok(cases)
}

/// How many wait for a decision.
pub async fn count(db: &mut impl Executor) -> Result<i64> {
    let found = fetch_optional!(
        db,
        (i64,),
        "select count(*) from approvals where state = 'open' and kind in ('owner', 'typo')"
    )?;
    Ok(found.map_or(0, |(count,)| count))
}

pub(super) async fn find(db: &mut impl Executor, id: &ApprovalId) -> Result<Dispute> {
    fetch_optional!(db, Dispute, disputes!("where id = $1 and machine_id is not null"), id)?
        .ok_or(Error::NotFound)
}

async fn complete(db: &mut impl Executor, approval: Dispute) -> Result<Case> {
    let passport = machines::passport_for_staff(db, &approval.machine_id).await?;
    let machine = machines::find(db, &approval.machine_id).await?.ok_or(Error::NotFound)?;
    let owner = match &passport.machine.customer_id {
        Some(id) => people::find(db, id).await?.map(|customer| customer.name),
        None => None,
    };
    let decided_by = match &approval.decided_by {
        Some(id) => staff::find(db, id).await?.map(|staff| staff.name),
        None => None,
    };
    let claim = serde_json::from_str(&approval.claim)?;
    let history = passport.timeline.into_iter().take(HISTORY).collect();
    Ok(Case { approval, claim, machine, owner, history, decided_by })
}
