//! Who is asked: the seats of a case, and the people in them.

use chrono::{DateTime, Utc};

use crate::approvals::rules::{Approver, Need};
use crate::approvals::{Approval, Stand, directors};
use crate::db::{Executor, Tx, execute, fetch_all};
use crate::ids::{ApprovalId, StaffId};
use crate::staff::{self, Role, Staff};
use crate::{Dealer, Result};

/// One person in one seat of a case.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Seat {
    /// The place of the seat, from 1; 0 came by escalation and decides for all.
    pub turn: i64,
    /// Who.
    pub staff_id: StaffId,
    /// Their name.
    pub name: String,
    /// Their Telegram id.
    pub telegram_id: i64,
    /// Whether the bot may write to them.
    pub reachable: bool,
    /// Where they stand.
    pub state: Stand,
    /// Since when they are asked.
    pub asked_at: Option<DateTime<Utc>>,
    /// Why they answered as they did.
    pub reason: Option<String>,
    /// The name of who answered in their place.
    pub stood_in: Option<String>,
    /// When they answered.
    pub decided_at: Option<DateTime<Utc>>,
}

/// Everybody who is or was asked in the present version, by seats.
///
/// # Errors
/// When the database fails.
pub async fn seats(db: &mut impl Executor, id: &ApprovalId) -> Result<Vec<Seat>> {
    Ok(fetch_all!(
        db,
        Seat,
        "select x.turn, x.staff_id, s.name, s.telegram_id, s.active and s.reachable as reachable,
                x.state, x.asked_at, x.reason, i.name as stood_in, x.decided_at
           from approval_deciders x
           join staff s on s.id = x.staff_id
           left join staff i on i.id = x.decided_by and i.id <> x.staff_id
          where x.approval_id = $1
          order by x.turn, x.staff_id",
        id
    )?)
}

/// Seats the approvers for a new version; those of an earlier one go. Where nobody is left, the
/// administrators decide: a case must not wait for people who are gone.
pub(super) async fn seat(
    tx: &mut Tx,
    d: &Dealer,
    approval: &Approval,
    approvers: &[Approver],
) -> Result<()> {
    execute!(tx, "delete from approval_deciders where approval_id = $1", &approval.id)?;
    let mut people = staff::list(tx).await?;
    let policy = approval.policy()?;
    if !policy.own_allowed {
        people.retain(|one| Some(&one.id) != approval.requester_staff.as_ref());
    }
    let heads = heads(approval)?;
    let mut turn = 0;
    for seat in places(approvers, &people, &heads) {
        turn += 1;
        let state =
            if policy.need == Need::InTurn && turn > 1 { Stand::Waiting } else { Stand::Asked };
        for one in seat {
            sit(tx, d, approval, (turn, state), &one.id).await?;
        }
    }
    // Directors of the company decide as well, who are nobody of the staff.
    if turn == 0 && directors(tx, approval).await?.is_empty() {
        let role = [Role::Administrator, Role::Manager];
        let found = role.into_iter().find(|role| people.iter().any(|one| one.role == *role));
        for one in people.iter().filter(|one| Some(one.role) == found) {
            sit(tx, d, approval, (1, Stand::Asked), &one.id).await?;
        }
    }
    Ok(())
}

/// Adds the seat that decides for all; `false` when nobody can sit there.
pub(super) async fn hand_up(
    tx: &mut Tx,
    d: &Dealer,
    approval: &Approval,
    approvers: &[Approver],
) -> Result<bool> {
    let mut people = staff::list(tx).await?;
    if !approval.policy()?.own_allowed {
        people.retain(|one| Some(&one.id) != approval.requester_staff.as_ref());
    }
    let heads = heads(approval)?;
    let mut anybody = false;
    for one in places(approvers, &people, &heads).into_iter().flatten() {
        sit(tx, d, approval, (0, Stand::Asked), &one.id).await?;
        anybody = true;
    }
    Ok(anybody)
}

/// The same people are asked anew.
pub(super) async fn same_again(tx: &mut Tx, approval: &Approval) -> Result<()> {
    let need = approval.policy()?.need;
    execute!(
        tx,
        "delete from approval_deciders where approval_id = $1 and turn = 0",
        &approval.id
    )?;
    for seat in seats(tx, &approval.id).await? {
        let state =
            if need == Need::InTurn && seat.turn > 1 { Stand::Waiting } else { Stand::Asked };
        execute!(
            tx,
            "update approval_deciders
                set state = $4, asked_at = $5, reason = null, decided_by = null,
                    decided_at = null
              where approval_id = $1 and turn = $2 and staff_id = $3",
            &approval.id,
            seat.turn,
            &seat.staff_id,
            state,
            (state == Stand::Asked).then_some(approval.asked_at)
        )?;
    }
    Ok(())
}

/// Nobody is asked any more.
pub(super) async fn end(tx: &mut Tx, id: &ApprovalId) -> Result<()> {
    execute!(
        tx,
        "update approval_deciders set state = 'ended'
          where approval_id = $1 and state in ('asked', 'waiting')",
        id
    )?;
    Ok(())
}

/// Puts a person into a seat.
pub(super) async fn sit(
    tx: &mut Tx,
    d: &Dealer,
    approval: &Approval,
    (turn, state): (i64, Stand),
    staff: &StaffId,
) -> Result<()> {
    execute!(
        tx,
        "insert into approval_deciders (approval_id, turn, staff_id, state, asked_at)
         values ($1, $2, $3, $4, $5)
         on conflict (approval_id, turn, staff_id) do nothing",
        &approval.id,
        turn,
        staff,
        state,
        (state == Stand::Asked).then(|| d.clock.now())
    )?;
    Ok(())
}

fn heads(approval: &Approval) -> Result<Vec<StaffId>> {
    let facts = approval.facts()?;
    let known = |facts: crate::approvals::deals::DealFacts| {
        facts.heads.iter().filter_map(|head| facts.staff.get(head).cloned()).collect()
    };
    Ok(facts.map(known).unwrap_or_default())
}

/// The people of each seat, in order; a seat without people is none. Whoever is named sits in their
/// own seat and not in that of their role, so nobody agrees twice.
fn places<'a>(
    approvers: &[Approver],
    people: &'a [Staff],
    heads: &[StaffId],
) -> Vec<Vec<&'a Staff>> {
    let person = |id: i64| people.iter().find(|one| one.telegram_id == id);
    let head = heads.iter().find_map(|head| people.iter().find(|one| one.id == *head));
    let of = |approver: &Approver| match approver {
        Approver::Person(id) => person(*id),
        Approver::Head => head,
        Approver::Role(_) => None,
    };
    let named: Vec<&Staff> = approvers.iter().filter_map(of).collect();
    let mut sitting: Vec<&StaffId> = Vec::new();
    let mut places = Vec::new();
    for approver in approvers {
        let mut seat: Vec<&Staff> = match approver {
            Approver::Role(role) => {
                let bears =
                    |one: &&Staff| one.role == *role || *role == Role::Manager && one.is_manager();
                let unnamed = |one: &&Staff| !named.iter().any(|other| other.id == one.id);
                people.iter().filter(bears).filter(unnamed).collect()
            }
            other => of(other).into_iter().collect(),
        };
        seat.retain(|one| !sitting.contains(&&one.id));
        sitting.extend(seat.iter().map(|one| &one.id));
        if !seat.is_empty() {
            places.push(seat);
        }
    }
    places
}
