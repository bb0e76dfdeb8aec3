//! One-time links for people whom Telegram does not reach: they come by e-mail, show the case and take
//! one answer.

use chrono::{DateTime, TimeDelta, Utc};

use crate::approvals::{Case, Decider, Outcome, Refusal, State, Via, decide, load};
use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::ids::{ApprovalId, StaffId, new_token, token_hash};
use crate::{Dealer, Error, Result};

/// So long a link opens its case.
const LIFE: TimeDelta = TimeDelta::days(7);

#[derive(sqlx::FromRow)]
struct Row {
    approval_id: ApprovalId,
    version: i64,
    staff_id: StaffId,
    expires_at: DateTime<Utc>,
    used_at: Option<DateTime<Utc>>,
}

/// Makes the token of a person's link to a case as it is now; the answer is the only time it is seen.
/// A link that they had before is no good any more.
///
/// # Errors
/// When the database fails.
pub async fn mint(
    tx: &mut Tx,
    d: &Dealer,
    (id, version): (&ApprovalId, i64),
    staff: &StaffId,
) -> Result<String> {
    let token = new_token();
    execute!(
        tx,
        "delete from approval_links where approval_id = $1 and staff_id = $2 and used_at is null",
        id,
        staff
    )?;
    execute!(
        tx,
        "insert into approval_links (token_hash, approval_id, version, staff_id, expires_at)
         values ($1, $2, $3, $4, $5)",
        token_hash(&token),
        id,
        version,
        staff,
        d.clock.now() + LIFE
    )?;
    Ok(token)
}

/// The case that a link opens. Looking at it changes nothing.
///
/// # Errors
/// `NotFound` for a link that nobody made; `Refused` for one that is spent or too old.
pub async fn open(db: &mut impl Executor, d: &Dealer, token: &str) -> Result<Case> {
    let row = find(db, token).await?;
    if row.expires_at <= d.clock.now() {
        return Err(Refusal::Old.into());
    }
    let case = load(db, &row.approval_id).await?;
    let asked_anew = case.approval.state == State::Open && case.approval.version != row.version;
    match row.used_at {
        _ if asked_anew => Err(Refusal::Reopened.into()),
        Some(_) if case.approval.state == State::Open => Err(Refusal::Repeated.into()),
        _ => Ok(case),
    }
}

/// Takes the answer of whoever has the link, once.
///
/// # Errors
/// As [`decide()`]; the link is then as good as before, for nothing is to be committed.
pub async fn answer(
    tx: &mut Tx,
    d: &Dealer,
    token: &str,
    outcome: Outcome,
    reason: Option<&str>,
) -> Result<State> {
    let row = find(tx, token).await?;
    if row.expires_at <= d.clock.now() {
        return Err(Refusal::Old.into());
    }
    let spent = execute!(
        tx,
        "update approval_links set used_at = $2 where token_hash = $1 and used_at is null",
        token_hash(token),
        d.clock.now()
    )?;
    if spent == 0 {
        return Err(Refusal::Repeated.into());
    }
    let who = Decider { staff: row.staff_id, via: Via::Link };
    decide(tx, d, &who, &row.approval_id, row.version, outcome, reason).await
}

/// Looked up by its hash, so the time it takes tells nothing about another's.
async fn find(db: &mut impl Executor, token: &str) -> Result<Row> {
    let row = fetch_optional!(
        db,
        Row,
        "select approval_id, version, staff_id, expires_at, used_at
           from approval_links where token_hash = $1",
        token_hash(token)
    )?;
    row.ok_or(Error::NotFound)
}
