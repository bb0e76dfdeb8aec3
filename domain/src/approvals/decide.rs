//! The one way in for an answer, whichever door it came through: the first counts, an answer that
//! does not count changes nothing.

use crate::approvals::rules::Need;
use crate::approvals::{
    Approval, By, Outcome, Refusal, Seat, Stand, State, Via, find, note, own, seats, substitutes,
    tell,
};
use crate::db::{Executor, Tx, execute};
use crate::ids::{ApprovalId, CustomerId, StaffId};
use crate::staff;
use crate::text::clean;
use crate::{Dealer, Error, Result};

/// The longest reason, in characters.
const MAX_REASON: usize = 1000;

/// Who answers, as a door has proved, and by which way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decider {
    /// The member of staff.
    pub staff: StaffId,
    /// By which way.
    pub via: Via,
}

/// Takes an answer to `version` of a case, and does what follows from it. Answers where the case then
/// stands: it stays open while others must agree.
///
/// # Errors
/// [`Error::Refused`] says why it does not count; `Invalid` where the reason is too long. Nothing is
/// to be committed then.
pub async fn decide(
    tx: &mut Tx,
    d: &Dealer,
    who: &Decider,
    id: &ApprovalId,
    version: i64,
    outcome: Outcome,
    reason: Option<&str>,
) -> Result<State> {
    own::lock(tx, d, id).await?;
    let approval = find(tx, id).await?;
    if approval.kind.is_dispute() {
        return Err(Error::invalid("decision", "error-choice"));
    }
    may_count(d, &approval, version)?;
    let seat = seat(tx, d, &approval, &who.staff).await?;
    let reason = worded(outcome, reason)?;
    take_seat(tx, d, (&approval, &seat), &who.staff, outcome, reason.as_deref()).await?;
    let by = By {
        staff: Some(&who.staff),
        in_place_of: (seat.staff_id != who.staff).then_some(&seat.staff_id),
        via: Some(who.via),
        ..By::default()
    };
    let words = reason.as_deref().unwrap_or_default();
    note(tx, &approval, outcome.stand().as_str(), by, words, d.clock.now()).await?;
    let all = seats(tx, id).await?;
    match verdict(approval.policy()?.need, &all) {
        Verdict::Open(next) => go_on(tx, d, &approval, next).await,
        Verdict::Ends(state) => {
            let reason = reason.as_deref();
            let by = Settled { staff: Some(&who.staff), customer: None, reason };
            settle(tx, d, &approval, state, by).await
        }
    }
}

/// Whether somebody's answer to `version` of a case would count now; asked before they are asked for
/// its reason.
///
/// # Errors
/// As [`decide()`], but for the reason.
pub async fn answerable(
    db: &mut impl Executor,
    d: &Dealer,
    staff: &StaffId,
    id: &ApprovalId,
    version: i64,
) -> Result<()> {
    let approval = find(db, id).await?;
    may_count(d, &approval, version)?;
    seat(db, d, &approval, staff).await.map(drop)
}

/// The seat that somebody may fill now.
async fn seat(
    db: &mut impl Executor,
    d: &Dealer,
    approval: &Approval,
    staff: &StaffId,
) -> Result<Seat> {
    let staff = staff::find(db, staff).await?.filter(|staff| staff.active);
    let staff = staff.ok_or(Refusal::Stranger)?;
    if approval.requester_staff.as_ref() == Some(&staff.id) && !approval.policy()?.own_allowed {
        return Err(Refusal::Own.into());
    }
    let all = seats(db, &approval.id).await?;
    let absent = substitutes::standing_in_for(db, d, &staff.id).await?;
    Ok(seat_of(&all, &staff.id, &absent)?.clone())
}

/// Whether an answer to `version` may still count.
pub(super) fn may_count(d: &Dealer, approval: &Approval, version: i64) -> Result<(), Refusal> {
    match approval.state {
        State::Open => {}
        State::Withdrawn => return Err(Refusal::Withdrawn),
        State::Expired => return Err(Refusal::Expired),
        State::Approved | State::Rejected | State::ChangesRequested => {
            return Err(Refusal::Decided);
        }
    }
    if approval.version != version {
        return Err(Refusal::Reopened);
    }
    // The scheduler has not come by yet, but its time is up.
    match approval.deadline_at {
        Some(deadline) if deadline <= d.clock.now() => Err(Refusal::Expired),
        _ => Ok(()),
    }
}

/// The seat that a person fills: their own, else of somebody for whom they stand in.
fn seat_of<'a>(all: &'a [Seat], staff: &StaffId, absent: &[StaffId]) -> Result<&'a Seat, Refusal> {
    let own = |seat: &&Seat| seat.staff_id == *staff;
    let asked = |seat: &&Seat| seat.state == Stand::Asked;
    let of_absent = |seat: &&Seat| absent.contains(&seat.staff_id);
    let mut mine = all.iter().filter(own).filter(asked);
    if let Some(seat) = mine.next().or_else(|| all.iter().filter(of_absent).find(asked)) {
        return Ok(seat);
    }
    let theirs = all.iter().find(|seat| own(seat) || of_absent(seat));
    Err(match theirs.map(|seat| seat.state) {
        None => Refusal::Stranger,
        Some(Stand::Waiting) => Refusal::NotYourTurn,
        Some(_) => Refusal::Repeated,
    })
}

pub(super) fn worded(outcome: Outcome, reason: Option<&str>) -> Result<Option<String>> {
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    match reason {
        None if outcome.needs_reason() => Err(Refusal::ReasonNeeded.into()),
        None => Ok(None),
        Some(reason) => {
            clean(reason, MAX_REASON).map(Some).ok_or(Error::invalid("reason", "error-too-long"))
        }
    }
}

async fn take_seat(
    tx: &mut Tx,
    d: &Dealer,
    (approval, seat): (&Approval, &Seat),
    by: &StaffId,
    outcome: Outcome,
    reason: Option<&str>,
) -> Result<()> {
    let taken = execute!(
        tx,
        "update approval_deciders
            set state = $4, reason = $5, decided_by = $6, decided_at = $7
          where approval_id = $1 and turn = $2 and staff_id = $3 and state = 'asked'",
        &approval.id,
        seat.turn,
        &seat.staff_id,
        outcome.stand(),
        reason,
        by,
        d.clock.now()
    )?;
    if taken == 0 {
        return Err(Refusal::Repeated.into());
    }
    execute!(
        tx,
        "insert into approval_answers (approval_id, version, turn, staff_id, decided_by, state,
                                       asked_at, decided_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &approval.id,
        approval.version,
        seat.turn,
        &seat.staff_id,
        by,
        outcome.stand(),
        seat.asked_at.unwrap_or(approval.asked_at),
        d.clock.now()
    )?;
    execute!(
        tx,
        "update approval_deciders set state = 'passed'
          where approval_id = $1 and turn = $2 and state = 'asked'",
        &approval.id,
        seat.turn
    )?;
    Ok(())
}

/// Where the seats leave a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Others must answer; whose turn it is next, where they answer in turn.
    Open(Option<i64>),
    /// It is decided.
    Ends(State),
}

/// What the answers so far come to.
pub(super) fn verdict(need: Need, all: &[Seat]) -> Verdict {
    let stands = |stand: Stand| move |seat: &&Seat| seat.state == stand;
    if all.iter().any(|seat| seat.state == Stand::ChangesRequested) {
        return Verdict::Ends(State::ChangesRequested);
    }
    // Whoever came by escalation decides for all.
    let above = all.iter().filter(|seat| seat.turn == 0);
    for (stand, state) in [(Stand::Approved, State::Approved), (Stand::Rejected, State::Rejected)] {
        if above.clone().any(|seat| seat.state == stand) {
            return Verdict::Ends(state);
        }
    }
    let seats = || all.iter().filter(|seat| seat.turn > 0);
    let mut turns: Vec<i64> = seats().map(|seat| seat.turn).collect();
    turns.dedup();
    let agreed = seats().filter(stands(Stand::Approved)).count();
    let refused = seats().filter(stands(Stand::Rejected)).count();
    let needed = match need {
        Need::All | Need::InTurn => turns.len(),
        Need::Count(count) => usize::from(count).min(turns.len()),
    };
    if agreed >= needed {
        return Verdict::Ends(State::Approved);
    }
    // As many answers as it takes for a yes are enough for a no.
    if turns.len() - refused < needed || refused >= needed {
        return Verdict::Ends(State::Rejected);
    }
    let asked = seats().any(|seat| seat.state == Stand::Asked);
    let waiting = seats().filter(stands(Stand::Waiting)).map(|seat| seat.turn).min();
    Verdict::Open(waiting.filter(|_| !asked))
}

/// Others must answer yet.
async fn go_on(tx: &mut Tx, d: &Dealer, approval: &Approval, next: Option<i64>) -> Result<State> {
    if let Some(turn) = next {
        execute!(
            tx,
            "update approval_deciders set state = 'asked', asked_at = $3
              where approval_id = $1 and turn = $2 and state = 'waiting'",
            &approval.id,
            turn,
            d.clock.now()
        )?;
    }
    tell::all(tx, d, approval).await?;
    Ok(State::Open)
}

/// Whose answer was the last one needed, and why it was given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settled<'a> {
    pub(super) staff: Option<&'a StaffId>,
    pub(super) customer: Option<&'a CustomerId>,
    pub(super) reason: Option<&'a str>,
}

/// It is decided: once, and everything that follows in the same transaction.
pub(super) async fn settle(
    tx: &mut Tx,
    d: &Dealer,
    approval: &Approval,
    state: State,
    by: Settled<'_>,
) -> Result<State> {
    let now = d.clock.now();
    let settled = execute!(
        tx,
        "update approvals
            set state = $3, reason = $4, decided_by = $5, decided_customer = $7, decided_at = $6,
                updated_at = $6
          where id = $1 and version = $2 and state = 'open'",
        &approval.id,
        approval.version,
        state,
        by.reason,
        by.staff,
        now,
        by.customer
    )?;
    if settled == 0 {
        return Err(Refusal::Decided.into());
    }
    seats::end(tx, &approval.id).await?;
    let approval = find(tx, &approval.id).await?;
    own::follow(tx, d, &approval).await?;
    tell::all(tx, d, &approval).await?;
    tell::asker(tx, d, &approval).await?;
    Ok(state)
}
