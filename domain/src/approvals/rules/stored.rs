//! Rules that an administrator wrote in the console.

use crate::approvals::rules::{Need, Rule, Rules};
use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::RuleId;
use crate::staff::Staff;
use crate::text::clean;
use crate::{Dealer, Error, Result, watch};

/// The longest name of a rule, in characters.
const MAX_NAME: usize = 120;

/// A rule written in the console.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRule {
    /// Its id.
    pub id: RuleId,
    /// The rule.
    pub rule: Rule,
    /// Whether it is in force.
    pub active: bool,
}

/// Every rule in force: those of the file, then those of the console.
///
/// # Errors
/// When the database fails.
pub async fn load(db: &mut impl Executor, d: &Dealer) -> Result<Rules> {
    let stored = list(db).await?.into_iter().filter(|one| one.active).map(|one| one.rule);
    Ok(Rules::new(d.approvals.iter().cloned().chain(stored).collect()))
}

/// Whether anything of a connection may need a decision.
///
/// # Errors
/// When the database fails.
pub async fn watches(db: &mut impl Executor, d: &Dealer, connection: &str) -> Result<bool> {
    Ok(load(db, d).await?.iter().any(|rule| rule.connection == connection))
}

/// The rules of the console, in their order; also those that are switched off.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &mut impl Executor) -> Result<Vec<StoredRule>> {
    let rows = fetch_all!(
        db,
        (RuleId, String, bool),
        "select id, rule, active from approval_rules order by position, id"
    )?;
    let read = |(id, rule, active): (RuleId, String, bool)| {
        Ok(StoredRule { id, rule: serde_json::from_str(&rule)?, active })
    };
    rows.into_iter().map(read).collect()
}

/// Writes a rule after those that are there. It acts at once: what its connection is to be told of by then
/// is looked at within a minute.
///
/// # Errors
/// `Forbidden` for those who are no administrators; `Invalid` names the field that cannot be taken.
pub async fn add(tx: &mut Tx, d: &Dealer, by: &Staff, rule: &Rule) -> Result<RuleId> {
    let rule = checked(tx, d, by, rule, None).await?;
    let now = d.clock.now();
    let id = RuleId::new(now);
    execute!(
        tx,
        "insert into approval_rules (id, name, position, rule, active, created_by, created_at,
                                     updated_at)
         values ($1, $2, (select coalesce(max(position), 0) + 1 from approval_rules), $3, true,
                 $4, $5, $5)",
        &id,
        &rule.name,
        serde_json::to_string(&rule)?,
        &by.id,
        now
    )?;
    watch::unchecked(tx, &rule.connection).await?;
    Ok(id)
}

/// Changes a rule, or switches it off or on. Cases that are open keep the terms that they were
/// asked on.
///
/// # Errors
/// As [`add`]; `NotFound` where there is no such rule.
pub async fn change(
    tx: &mut Tx,
    d: &Dealer,
    by: &Staff,
    id: &RuleId,
    (rule, active): (&Rule, bool),
) -> Result<()> {
    let rule = checked(tx, d, by, rule, Some(id)).await?;
    let changed = execute!(
        tx,
        "update approval_rules set name = $2, rule = $3, active = $4, updated_at = $5
          where id = $1",
        id,
        &rule.name,
        serde_json::to_string(&rule)?,
        active,
        d.clock.now()
    )?;
    watch::unchecked(tx, &rule.connection).await?;
    if changed == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Removes a rule; open cases of it stay.
///
/// # Errors
/// `Forbidden` for those who are no administrators, `NotFound` where there is no such rule.
pub async fn remove(tx: &mut Tx, by: &Staff, id: &RuleId) -> Result<()> {
    if !by.is_administrator() {
        return Err(Error::Forbidden);
    }
    let removed = execute!(tx, "delete from approval_rules where id = $1", id)?;
    if removed == 1 { Ok(()) } else { Err(Error::NotFound) }
}

async fn checked(
    tx: &mut Tx,
    d: &Dealer,
    by: &Staff,
    rule: &Rule,
    id: Option<&RuleId>,
) -> Result<Rule> {
    if !by.is_administrator() {
        return Err(Error::Forbidden);
    }
    let name = clean(&rule.name, MAX_NAME).ok_or(Error::invalid("name", "error-required"))?;
    let other =
        fetch_optional!(tx, (RuleId,), "select id from approval_rules where name = $1", &name)?;
    let twice = other.is_some_and(|(other,)| Some(&other) != id);
    if twice || d.approvals.iter().any(|rule| rule.name == name) {
        return Err(Error::invalid("name", "error-name-taken"));
    }
    let seats = rule.approvers.len();
    if seats == 0 {
        return Err(Error::invalid("approvers", "error-required"));
    }
    if matches!(rule.policy.need, Need::Count(count) if usize::from(count) > seats) {
        return Err(Error::invalid("need", "error-number"));
    }
    if rule.amount_to.is_some_and(|most| most < rule.amount_from) {
        return Err(Error::invalid("amount_to", "error-number"));
    }
    if [rule.policy.deadline, rule.policy.remind].into_iter().flatten().any(|span| span <= 0) {
        return Err(Error::invalid("deadline", "error-number"));
    }
    Ok(Rule { name, ..rule.clone() })
}
