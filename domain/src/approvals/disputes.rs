//! What a manager must decide before a won deal may make a passport: each case once, by whoever is
//! first; every card shows the outcome. A case among others, with answers and a card of its own.

use chrono::{DateTime, Utc};

use crate::approvals::rules::{Approver, Entity, Policy};
use crate::approvals::{self, By, Kind, State, Via, seats};
use crate::db::{Tx, execute, fetch_all, fetch_optional};
use crate::ids::{ApprovalId, MachineId, StaffId, token_hash};
use crate::machines::{self, MachineSummary, Registration, TimelineEvent};
use crate::outbox::Notice;
use crate::staff::{self, Role, Staff};
use crate::text::code_key;
use crate::{Dealer, Error, Result, notices};

mod decision;
mod read;

pub use decision::Decision;
use read::find;
pub use read::{count, load, waiting};

/// A dispute, as stored.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Dispute {
    /// Its id.
    pub id: ApprovalId,
    /// What is asked.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// The machine that is there already.
    pub machine_id: MachineId,
    /// The [`Registration`] that the deal asks for, as JSON.
    claim: String,
    /// What was decided.
    pub decision: Option<Decision>,
    /// Who decided.
    pub decided_by: Option<StaffId>,
    /// Since when it is asked.
    pub created_at: DateTime<Utc>,
}

/// A case with both histories side by side.
#[derive(Clone, Debug)]
pub struct Case {
    /// The case.
    pub approval: Dispute,
    /// What the deal says.
    pub claim: Registration,
    /// The machine that is there already.
    pub machine: MachineSummary,
    /// The person who has it, where it is a person's.
    pub owner: Option<String>,
    /// What happened to it, the newest first.
    pub history: Vec<TimelineEvent>,
    /// The name of who decided.
    pub decided_by: Option<String>,
}

/// Asks the managers about a deal's claim, once; a case that was withdrawn is asked again.
pub(crate) async fn open(
    tx: &mut Tx,
    d: &Dealer,
    kind: Kind,
    machine: &MachineId,
    claim: &Registration,
) -> Result<ApprovalId> {
    let now = d.clock.now();
    let once = once(claim);
    let opened = execute!(
        tx,
        "insert into approvals (id, kind, state, version, once, title, connection, entity,
                                entity_id, policy, requester_name, machine_id, claim, asked_at,
                                created_at, updated_at)
         values ($1, $2, 'open', 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $12)
         on conflict (once) do update
            set kind = excluded.kind, state = 'open', version = approvals.version + 1,
                machine_id = excluded.machine_id, claim = excluded.claim,
                asked_at = excluded.asked_at, updated_at = excluded.updated_at
          where approvals.state = 'withdrawn'",
        ApprovalId::new(now),
        kind,
        &once,
        &claim.title,
        &claim.connection,
        Entity::Deal,
        &claim.deal,
        serde_json::to_string(&Policy::any_one())?,
        claim.customer_name.as_deref().unwrap_or_default(),
        machine,
        serde_json::to_string(claim)?,
        now
    )?;
    let found =
        fetch_optional!(tx, (ApprovalId,), "select id from approvals where once = $1", &once)?;
    let (id,) = found.ok_or(Error::NotFound)?;
    if opened == 1 {
        let approval = approvals::find(tx, &id).await?;
        seats::seat(tx, d, &approval, &[Approver::Role(Role::Manager)]).await?;
        approvals::note(tx, &approval, "opened", By::default(), "", now).await?;
        show(tx, d, &id).await?;
    }
    Ok(id)
}

/// Ends the open cases of a deal that it no longer asks for.
pub(crate) async fn withdraw_others(
    tx: &mut Tx,
    d: &Dealer,
    (connection, deal): (&str, &str),
    asked: &[Registration],
) -> Result<()> {
    let open = fetch_all!(
        tx,
        (ApprovalId, String),
        "select id, once from approvals
          where connection = $1 and entity = 'deal' and entity_id = $2 and state = 'open'
            and kind in ('owner', 'typo')",
        connection,
        deal
    )?;
    for (id, known) in open {
        if asked.iter().any(|claim| once(claim) == known) {
            continue;
        }
        let ended = execute!(
            tx,
            "update approvals set state = 'withdrawn', updated_at = $2
              where id = $1 and state = 'open'",
            &id,
            d.clock.now()
        )?;
        if ended == 1 {
            seats::end(tx, &id).await?;
            let approval = approvals::find(tx, &id).await?;
            approvals::note(tx, &approval, "withdrawn", By::default(), "", d.clock.now()).await?;
            show(tx, d, &id).await?;
        }
    }
    Ok(())
}

/// A manager decides, and what follows from it happens in the same transaction.
///
/// # Errors
/// A conflict `decided` when somebody was first or nothing is asked any more; `Forbidden` for those
/// who are no managers; `Invalid` where the decision does not fit the case.
pub async fn decide(
    tx: &mut Tx,
    d: &Dealer,
    manager: &Staff,
    id: &ApprovalId,
    (decision, via): (Decision, Via),
) -> Result<()> {
    if !manager.is_manager() {
        return Err(Error::Forbidden);
    }
    let approval = find(tx, id).await?;
    if !Decision::fitting(approval.kind).contains(&decision) {
        return Err(Error::invalid("decision", "error-choice"));
    }
    let state = if decision == Decision::Reject { State::Rejected } else { State::Approved };
    let decided = execute!(
        tx,
        "update approvals
            set state = $2, decision = $3, decided_by = $4, decided_at = $5, updated_at = $5
          where id = $1 and state = 'open'",
        id,
        state,
        decision,
        &manager.id,
        d.clock.now()
    )?;
    if decided == 0 {
        return Err(Error::Conflict("decided"));
    }
    sign(tx, d, id, &manager.id, (state, via)).await?;
    let claim: Registration = serde_json::from_str(&approval.claim)?;
    match decision {
        Decision::Transfer => machines::hand_over(tx, d, &approval.machine_id, &claim).await?,
        Decision::Separate => {
            machines::register_as_it_is(tx, d, &claim).await?;
        }
        Decision::Same => machines::correct(tx, d, &approval.machine_id, &claim).await?,
        Decision::Reject => machines::refused(tx, d, &claim).await?,
    }
    show(tx, d, id).await
}

/// The seat and the history say who it was.
async fn sign(
    tx: &mut Tx,
    d: &Dealer,
    id: &ApprovalId,
    manager: &StaffId,
    (state, via): (State, Via),
) -> Result<()> {
    let now = d.clock.now();
    execute!(
        tx,
        "update approval_deciders set state = $3, decided_by = $2, decided_at = $4
          where approval_id = $1 and staff_id = $2",
        id,
        manager,
        state.as_str(),
        now
    )?;
    seats::end(tx, id).await?;
    let by = By { staff: Some(manager), via: Some(via), ..By::default() };
    let approval = approvals::find(tx, id).await?;
    approvals::note(tx, &approval, state.as_str(), by, "", now).await
}

/// Each manager's card shows the case as it is.
async fn show(tx: &mut Tx, d: &Dealer, id: &ApprovalId) -> Result<()> {
    let now = d.clock.now();
    let occasion = crate::ids::new_id(now);
    for manager in staff::managers(tx).await? {
        let notice = Notice::ApprovalCard { approval: id.clone() };
        notices::to_staff(tx, d, manager, notice, &format!("approval:{id}:{occasion}")).await?;
    }
    Ok(())
}

/// What a claim disputes; the same for the same claim, however it is written.
fn once(claim: &Registration) -> String {
    format!("dispute:{}:{}:{}", claim.connection, claim.deal, claim_hash(claim))
}

fn claim_hash(claim: &Registration) -> String {
    let (serial, model) = (code_key(&claim.serial), code_key(&claim.model));
    let phone = claim.phone.as_ref().map(|phone| phone.as_str().to_owned());
    token_hash(&format!("{serial}\n{model}\n{:?}\n{phone:?}", claim.telegram_id))
}
