//! The managers' line: who hears of a lead at once, and who when nobody took it in time.
//!
//! `leads.told` counts how many of the configured line have had their turn; null means that every
//! manager hears. Time counts only while the dealer's people are at work.

use chrono::{DateTime, Utc};

use crate::db::{Db, Tx, execute, fetch_all, fetch_optional};
use crate::ids::LeadId;
use crate::leads::{by_id, tell};
use crate::{Dealer, Result, staff};

/// So many are looked at in one go; those that wait longest come first.
const LOOKED_AT: i64 = 200;

#[derive(sqlx::FromRow)]
struct Waiting {
    id: LeadId,
    told: i64,
    told_at: DateTime<Utc>,
}

/// Whose turn it is with a new lead: so many of the line, or all.
pub(super) async fn first(tx: &mut Tx, d: &Dealer) -> Result<Option<i64>> {
    let reachable = staff::managers(tx).await?;
    Ok(next(d, &reachable, 0))
}

/// The chats of the managers who have had their turn.
pub(super) async fn hearing(tx: &mut Tx, d: &Dealer, lead: &LeadId) -> Result<Vec<i64>> {
    let row = fetch_optional!(tx, (Option<i64>,), "select told from leads where id = $1", lead)?;
    let mut managers = staff::managers(tx).await?;
    if let Some(told) = row.and_then(|(told,)| told) {
        let told = usize::try_from(told).unwrap_or(0).min(d.line.managers.len());
        managers.retain(|manager| d.line.managers[..told].contains(manager));
        // Whoever takes it without a turn, from the desk, needs no card.
    }
    Ok(managers)
}

/// Gives each lead that lies too long to the next in line; how many were passed on. Two processes
/// may do it at once: one conditional update decides.
///
/// # Errors
/// When the database fails.
pub async fn pass_on(db: &Db, d: &Dealer) -> Result<usize> {
    let now = d.clock.now();
    let waiting = {
        let mut reader = db.read().await?;
        fetch_all!(
            &mut reader,
            Waiting,
            "select id, told, told_at from leads
              where state = 'new' and told is not null
              order by told_at
              limit $1",
            LOOKED_AT
        )?
    };
    let mut passed = 0;
    for lead in waiting {
        if d.hours.between(lead.told_at, now, d.zone) < d.line.patience {
            continue;
        }
        let mut tx = db.begin().await?;
        let reachable = staff::managers(&mut tx).await?;
        let told = next(d, &reachable, lead.told);
        let moved = execute!(
            &mut tx,
            "update leads set told = $3, told_at = $4
              where id = $1 and state = 'new' and told = $2",
            &lead.id,
            lead.told,
            told,
            now
        )?;
        if moved == 1 {
            let found = by_id(&mut tx, &lead.id).await?;
            let occasion = told.map_or("all".to_owned(), |told| told.to_string());
            tell::cards(&mut tx, d, &found, &format!("turn:{occasion}")).await?;
            passed += 1;
        }
        tx.commit().await?;
    }
    Ok(passed)
}

/// How many of the line have had their turn once somebody after the first `told` has it who can be
/// reached; none when nobody is left and all must hear.
fn next(d: &Dealer, reachable: &[i64], told: i64) -> Option<i64> {
    let line = (1_i64..).zip(&d.line.managers);
    line.filter(|(place, manager)| *place > told && reachable.contains(manager))
        .map(|(place, _)| place)
        .next()
}
