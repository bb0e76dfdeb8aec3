//! What stands in the buttons of a card: short and opaque, of one person, one case and one version.

use chrono::{DateTime, TimeDelta, Utc};

use crate::approvals::{Approval, Case, Refusal, Seat, Stand, State, seats, substitutes};
use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::ids::{ApprovalId, StaffId, new_token};
use crate::staff::Staff;
use crate::{Dealer, Error, Result};

/// Digits of a token: unguessable, and short enough for Telegram's 64 bytes.
const LENGTH: usize = 20;

/// A card that is older has been overtaken by life, whatever it says.
const MAX_AGE: TimeDelta = TimeDelta::days(30);

#[derive(sqlx::FromRow)]
struct Row {
    approval_id: ApprovalId,
    version: i64,
    staff_id: StaffId,
    made_at: DateTime<Utc>,
}

/// Makes the token of a person's card, unless there is one.
pub(super) async fn mint(
    tx: &mut Tx,
    d: &Dealer,
    approval: &Approval,
    staff: &StaffId,
) -> Result<()> {
    let mut token = new_token();
    token.truncate(LENGTH);
    execute!(
        tx,
        "insert into approval_tokens (token, approval_id, version, staff_id, made_at)
         values ($1, $2, $3, $4, $5)
         on conflict (approval_id, version, staff_id) do nothing",
        token,
        &approval.id,
        approval.version,
        staff,
        d.clock.now()
    )?;
    Ok(())
}

/// What stands in the buttons of a person's card; none where their answer is not awaited.
///
/// # Errors
/// When the database fails.
pub async fn token_for(
    db: &mut impl Executor,
    d: &Dealer,
    case: &Case,
    staff: &StaffId,
) -> Result<Option<String>> {
    if case.approval.state != State::Open {
        return Ok(None);
    }
    let absent = substitutes::standing_in_for(db, d, staff).await?;
    let theirs = |seat: &&Seat| seat.staff_id == *staff || absent.contains(&seat.staff_id);
    if !case.seats.iter().filter(theirs).any(|seat| seat.state == Stand::Asked) {
        return Ok(None);
    }
    let row = fetch_optional!(
        db,
        (String,),
        "select token from approval_tokens
          where approval_id = $1 and version = $2 and staff_id = $3",
        &case.approval.id,
        case.approval.version,
        staff
    )?;
    Ok(row.map(|(token,)| token))
}

/// Whether somebody may see a case: managers any, others what they are asked.
///
/// # Errors
/// `NotFound` for those who may not.
pub async fn visible(
    db: &mut impl Executor,
    d: &Dealer,
    staff: &Staff,
    id: &ApprovalId,
) -> Result<()> {
    let absent = substitutes::standing_in_for(db, d, &staff.id).await?;
    let theirs = |seat: &Seat| seat.staff_id == staff.id || absent.contains(&seat.staff_id);
    let sees = staff.is_manager() || seats(db, id).await?.iter().any(theirs);
    if sees { Ok(()) } else { Err(Error::NotFound) }
}

/// The case and the version that a pressed button is about; none for a token that nobody made.
///
/// # Errors
/// `Refused` where the button is another person's, or too old.
pub async fn pressed(
    db: &mut impl Executor,
    d: &Dealer,
    staff: &Staff,
    token: &str,
) -> Result<Option<(ApprovalId, i64)>> {
    let row = fetch_optional!(
        db,
        Row,
        "select approval_id, version, staff_id, made_at from approval_tokens where token = $1",
        token
    )?;
    let Some(row) = row else { return Ok(None) };
    if row.staff_id != staff.id {
        return Err(Refusal::Stranger.into());
    }
    if d.clock.now() - row.made_at > MAX_AGE {
        return Err(Refusal::Old.into());
    }
    Ok(Some((row.approval_id, row.version)))
}
