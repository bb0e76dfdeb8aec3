//! Who decides for an absent colleague, and on which days.

use chrono::NaiveDate;

use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::{StaffId, new_id};
use crate::staff::Staff;
use crate::{Dealer, Error, Result, staff};

/// One absence that has not passed.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Absence {
    /// Its id.
    pub id: String,
    /// Who is absent.
    pub staff_id: StaffId,
    /// Their name.
    pub name: String,
    /// Who decides for them.
    pub substitute_id: StaffId,
    /// Their name.
    pub substitute: String,
    /// The first day, by the dealer's calendar.
    pub from_on: NaiveDate,
    /// The last day.
    pub to_on: NaiveDate,
}

/// Lets somebody decide for a colleague on these days. People arrange it for themselves,
/// administrators for anybody.
///
/// # Errors
/// `Forbidden` for others; `Invalid` where the days stand the wrong way round or have passed, or where
/// somebody would stand in for themselves.
pub async fn add(
    tx: &mut Tx,
    d: &Dealer,
    by: &Staff,
    (absent, substitute): (&StaffId, &StaffId),
    (from_on, to_on): (NaiveDate, NaiveDate),
) -> Result<String> {
    if by.id != *absent && !by.is_administrator() {
        return Err(Error::Forbidden);
    }
    if absent == substitute {
        return Err(Error::invalid("substitute", "error-choice"));
    }
    for one in [absent, substitute] {
        if !staff::find(tx, one).await?.is_some_and(|one| one.active) {
            return Err(Error::invalid("substitute", "error-choice"));
        }
    }
    if to_on < from_on || to_on < d.today() {
        return Err(Error::invalid("to_on", "error-date-past"));
    }
    let now = d.clock.now();
    let id = new_id(now);
    execute!(
        tx,
        "insert into staff_substitutes (id, staff_id, substitute_id, from_on, to_on, created_at)
         values ($1, $2, $3, $4, $5, $6)",
        &id,
        absent,
        substitute,
        from_on,
        to_on,
        now
    )?;
    super::tell::stand_ins(tx, d, absent).await?;
    Ok(id)
}

/// Ends an absence; whose it was.
///
/// # Errors
/// `NotFound`, also for what is another's and whoever asks is no administrator.
pub async fn remove(tx: &mut Tx, by: &Staff, id: &str) -> Result<StaffId> {
    let removed = fetch_optional!(
        tx,
        (StaffId,),
        "delete from staff_substitutes where id = $1 and ($2 or staff_id = $3) returning staff_id",
        id,
        by.is_administrator(),
        &by.id
    )?;
    removed.map(|(absent,)| absent).ok_or(Error::NotFound)
}

/// The absences that have not passed, the next first.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &mut impl Executor, d: &Dealer) -> Result<Vec<Absence>> {
    Ok(fetch_all!(
        db,
        Absence,
        "select x.id, x.staff_id, s.name, x.substitute_id, i.name as substitute, x.from_on, x.to_on
           from staff_substitutes x
           join staff s on s.id = x.staff_id
           join staff i on i.id = x.substitute_id
          where x.to_on >= $1
          order by x.from_on, x.id",
        d.today()
    )?)
}

/// For whom somebody decides today.
pub(super) async fn standing_in_for(
    db: &mut impl Executor,
    d: &Dealer,
    staff: &StaffId,
) -> Result<Vec<StaffId>> {
    let rows = fetch_all!(
        db,
        (StaffId,),
        "select staff_id from staff_substitutes
          where substitute_id = $1 and from_on <= $2 and to_on >= $2",
        staff,
        d.today()
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
