//! A lead moves. Each move is one conditional update: zero rows says that somebody was first.

use crate::db::{Tx, execute, fetch_optional};
use crate::ids::{LeadId, StaffId, TouchId};
use crate::leads::{Lead, State, by_id, tell};
use crate::staff::{self, Staff};
use crate::{Dealer, Error, Result};

/// «Беру»: the first manager who presses has it, for all others it is [`Error::Conflict`] `taken`.
/// The same manager again gets the same lead.
pub async fn take(tx: &mut Tx, d: &Dealer, staff: &Staff, id: &LeadId) -> Result<Lead> {
    manager(staff)?;
    let taken = execute!(
        tx,
        "update leads set state = 'taken', taken_by = $2, updated_at = $3
          where id = $1 and (state = 'new' or (state = 'taken' and taken_by is null))",
        id,
        &staff.id,
        d.clock.now()
    )?;
    let lead = by_id(tx, id).await?;
    if taken == 1 {
        tell::moved(tx, d, &lead, None).await?;
    } else if lead.taken_by.as_ref() != Some(&staff.id) || lead.state != State::Taken {
        return Err(Error::Conflict(if lead.taken_by.is_some() { "taken" } else { "state" }));
    }
    Ok(lead)
}

/// A manager gives an open lead to a colleague, or takes it over.
///
/// # Errors
/// [`Error::Conflict`] `state` when it has ended, or looks like a robot's work; the field `manager`
/// for somebody who decides on no leads.
pub async fn give(
    tx: &mut Tx,
    d: &Dealer,
    staff: &Staff,
    id: &LeadId,
    to: &StaffId,
) -> Result<Lead> {
    manager(staff)?;
    let to = staff::find(tx, to).await?.filter(|to| to.active && to.is_manager());
    let to = to.ok_or(Error::invalid("manager", "error-choice"))?;
    let given = execute!(
        tx,
        "update leads set state = 'taken', taken_by = $2, updated_at = $3
          where id = $1 and state in ('new', 'taken') and (taken_by is null or taken_by <> $2)",
        id,
        &to.id,
        d.clock.now()
    )?;
    let lead = by_id(tx, id).await?;
    if given == 1 {
        tell::moved(tx, d, &lead, None).await?;
    } else if lead.state != State::Taken {
        return Err(Error::Conflict("state"));
    }
    Ok(lead)
}

/// A manager says how it ended: [`State::Converted`] or [`State::Rejected`].
///
/// # Errors
/// [`Error::Conflict`] `state` when it has ended already.
pub async fn close(tx: &mut Tx, d: &Dealer, staff: &Staff, id: &LeadId, to: State) -> Result<Lead> {
    manager(staff)?;
    let quiet = by_id(tx, id).await?.state == State::Suspected;
    let ended = match (to, quiet) {
        // Nobody outside was told of it, so nobody is told that it was nothing.
        (State::Rejected, true) => {
            execute!(
                tx,
                "update leads set state = 'rejected', taken_by = $2, updated_at = $3
                  where id = $1 and state = 'suspected'",
                id,
                &staff.id,
                d.clock.now()
            )? == 1
        }
        (State::Converted | State::Rejected, false) => {
            advance_by(tx, d, id, to, (Some(&staff.id), None)).await?
        }
        _ => false,
    };
    if !ended {
        return Err(Error::Conflict("state"));
    }
    by_id(tx, id).await
}

/// A manager says that what looked like a robot's work is a person's: everybody hears of it as if
/// it had just come.
///
/// # Errors
/// [`Error::Conflict`] `state` when it is not suspected any more.
pub async fn release(tx: &mut Tx, d: &Dealer, staff: &Staff, id: &LeadId) -> Result<Lead> {
    manager(staff)?;
    let lead = by_id(tx, id).await?;
    if lead.state != State::Suspected {
        return Err(Error::Conflict("state"));
    }
    release_found(tx, d, lead).await
}

pub(super) async fn release_found(tx: &mut Tx, d: &Dealer, lead: Lead) -> Result<Lead> {
    let now = d.clock.now();
    let released = execute!(
        tx,
        "update leads set state = 'new', updated_at = $2, told_at = $2
          where id = $1 and state = 'suspected'",
        &lead.id,
        now
    )?;
    let lead = by_id(tx, &lead.id).await?;
    let first = fetch_optional!(
        tx,
        (TouchId,),
        "select id from lead_touches where lead_id = $1 order by id desc limit 1",
        &lead.id
    )?;
    if let Some((touch,)) = first.filter(|_| released == 1) {
        tell::touched(tx, d, &lead, &touch).await?;
    }
    Ok(lead)
}

/// Moves a lead where the states allow it; `false` when they do not, or it is there already.
/// `from_crm` is the connection that said so: it is not told its own news, and may bring back what
/// was rejected by mistake.
pub async fn advance(
    tx: &mut Tx,
    d: &Dealer,
    id: &LeadId,
    to: State,
    from_crm: Option<&str>,
) -> Result<bool> {
    advance_by(tx, d, id, to, (None, from_crm)).await
}

async fn advance_by(
    tx: &mut Tx,
    d: &Dealer,
    id: &LeadId,
    to: State,
    (by, from_crm): (Option<&StaffId>, Option<&str>),
) -> Result<bool> {
    let lead = by_id(tx, id).await?;
    let allowed = match (lead.state, to) {
        (State::New, State::Taken | State::Converted | State::Rejected)
        | (State::Taken, State::Converted | State::Rejected) => true,
        (State::Rejected, State::Taken) => from_crm.is_some() && !lead.is_erased(),
        (State::Rejected, State::Converted) => from_crm.is_some(),
        _ => false,
    };
    if !allowed {
        return Ok(false);
    }
    let moved = execute!(
        tx,
        "update leads set state = $3, taken_by = coalesce(taken_by, $4), updated_at = $5
          where id = $1 and state = $2",
        id,
        lead.state,
        to,
        by,
        d.clock.now()
    )?;
    if moved == 1 {
        let lead = by_id(tx, id).await?;
        tell::moved(tx, d, &lead, from_crm).await?;
    }
    Ok(moved == 1)
}

fn manager(staff: &Staff) -> Result<()> {
    if staff.is_manager() { Ok(()) } else { Err(Error::Forbidden) }
}
