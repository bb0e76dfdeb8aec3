//! What waits, for whom and how long; how quickly whom decides.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::approvals::{Kind, State};
use crate::csv_text;
use crate::db::{Executor, fetch_all};
use crate::ids::{ApprovalId, StaffId};
use crate::money::Money;
use crate::texts::Texts;
use crate::{Dealer, Result};

/// So many open cases are listed, the oldest first: more at once were never seen.
const WAITING: i64 = 1000;

/// One answer that is awaited.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Awaited {
    /// Which case.
    pub approval: ApprovalId,
    /// What is asked.
    pub kind: Kind,
    /// What it is about.
    pub title: String,
    /// The rule that it met.
    pub rule_name: Option<String>,
    /// The sum.
    pub amount: Option<Money>,
    /// Whose answer; none where nobody is left who could give it.
    pub name: Option<String>,
    /// Since when they are asked.
    pub asked_at: DateTime<Utc>,
    /// When it expires, or is handed up.
    pub deadline_at: Option<DateTime<Utc>>,
}

/// How quickly a person decides by a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Speed {
    /// The rule; none for what is asked otherwise.
    pub rule: Option<String>,
    /// The person; none for all together.
    pub person: Option<String>,
    /// How many answers.
    pub answers: usize,
    /// The median from question to answer, in minutes of working time.
    pub median_minutes: i64,
}

/// One case, for a list that ends in a spreadsheet.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Line {
    /// Which case.
    pub id: ApprovalId,
    /// What was asked.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// What it is about.
    pub title: String,
    /// The rule that it met.
    pub rule_name: Option<String>,
    /// The connection of its deal.
    pub connection: Option<String>,
    /// The deal's id there.
    pub entity_id: Option<String>,
    /// The sum.
    pub amount: Option<Money>,
    /// Who asked.
    pub requester_name: String,
    /// Who decided.
    pub decided_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// How often it was asked.
    pub version: i64,
    /// When it was first asked.
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
}

/// A rule, and a person of it: two may bear one name.
type Whose = (Option<String>, Option<(String, StaffId)>);

#[derive(sqlx::FromRow)]
struct Answer {
    rule_name: Option<String>,
    staff_id: StaffId,
    name: String,
    asked_at: DateTime<Utc>,
    decided_at: DateTime<Utc>,
}

/// What waits, for whom: a row for each answer that is awaited, the longest first.
///
/// # Errors
/// When the database fails.
pub async fn awaited(db: &mut impl Executor) -> Result<Vec<Awaited>> {
    Ok(fetch_all!(
        db,
        Awaited,
        "select a.id as approval, a.kind, a.title, a.rule_name, a.amount, s.name,
                coalesce(x.asked_at, a.asked_at) as asked_at, a.deadline_at
           from approvals a
           left join approval_deciders x on x.approval_id = a.id and x.state = 'asked'
           left join staff s on s.id = x.staff_id
          where a.state = 'open'
          order by coalesce(x.asked_at, a.asked_at), a.id, s.name
          limit $1",
        WAITING
    )?)
}

/// How quickly each person decided by each rule between two moments; first, per rule, all together. Each
/// answer counts, also one to a version that was asked anew later; whoever stood in has answered.
///
/// # Errors
/// When the database fails.
pub async fn speed(
    db: &mut impl Executor,
    d: &Dealer,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Speed>> {
    let answers = fetch_all!(
        db,
        Answer,
        "select a.rule_name, x.decided_by as staff_id, s.name, x.asked_at, x.decided_at
           from approval_answers x
           join approvals a on a.id = x.approval_id
           join staff s on s.id = x.decided_by
          where x.decided_at >= $1 and x.decided_at <= $2",
        from,
        to
    )?;
    let mut spans: BTreeMap<Whose, Vec<TimeDelta>> = BTreeMap::new();
    for answer in answers {
        let took = d.hours.between(answer.asked_at, answer.decided_at, d.zone);
        let person = (answer.name, answer.staff_id);
        spans.entry((answer.rule_name.clone(), None)).or_default().push(took);
        spans.entry((answer.rule_name, Some(person))).or_default().push(took);
    }
    let speed = |((rule, person), mut spans): (Whose, Vec<TimeDelta>)| Speed {
        rule,
        person: person.map(|(name, _)| name),
        answers: spans.len(),
        median_minutes: median(&mut spans).num_minutes(),
    };
    Ok(spans.into_iter().map(speed).collect())
}

/// The cases first asked between two moments, the newest first, those before `before` where it is given;
/// for a spreadsheet.
///
/// # Errors
/// When the database fails.
pub async fn lines(
    db: &mut impl Executor,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    before: Option<&ApprovalId>,
    limit: i64,
) -> Result<Vec<Line>> {
    Ok(fetch_all!(
        db,
        Line,
        "select a.id, a.kind, a.state, a.title, a.rule_name, a.connection, a.entity_id, a.amount,
                a.requester_name, s.name as decided_by, a.reason, a.version, a.created_at,
                a.decided_at
           from approvals a
           left join staff s on s.id = a.decided_by
          where a.created_at >= $1 and a.created_at <= $2 and a.id < $3
          order by a.id desc
          limit $4",
        from,
        to,
        before.map_or("z", ApprovalId::as_str),
        limit
    )?)
}

/// The columns, by the keys of their headings.
pub const COLUMNS: [&str; 13] = [
    "approval-csv-asked",
    "approval-csv-kind",
    "approval-csv-title",
    "approval-csv-rule",
    "approval-csv-connection",
    "approval-csv-deal",
    "approval-csv-sum",
    "approval-csv-asker",
    "approval-csv-state",
    "approval-csv-decider",
    "approval-csv-reason",
    "approval-csv-decided",
    "approval-csv-version",
];

/// A line for each case; times are the dealer's, sums are roubles.
pub fn csv_rows(lines: &[Line], texts: &Texts, zone: Tz) -> String {
    let local = |time: DateTime<Utc>| time.with_timezone(&zone).format("%F %T").to_string();
    let row = |line: &Line| {
        csv_text::line([
            local(line.created_at),
            texts.get(&format!("approval-kind-{}", line.kind.as_str())).to_owned(),
            line.title.clone(),
            line.rule_name.clone().unwrap_or_default(),
            line.connection.clone().unwrap_or_default(),
            line.entity_id.clone().unwrap_or_default(),
            line.amount.map(roubles).unwrap_or_default(),
            line.requester_name.clone(),
            texts.get(&format!("approval-state-{}", line.state.as_str())).to_owned(),
            line.decided_by.clone().unwrap_or_default(),
            line.reason.clone().unwrap_or_default(),
            line.decided_at.map(local).unwrap_or_default(),
            line.version.to_string(),
        ])
    };
    lines.iter().map(row).collect()
}

/// As spreadsheets of Russian systems read a number.
fn roubles(sum: Money) -> String {
    let kopecks = sum.as_kopecks();
    format!("{},{:02}", kopecks / 100, (kopecks % 100).abs())
}

fn median(spans: &mut [TimeDelta]) -> TimeDelta {
    spans.sort_unstable();
    match spans {
        [] => TimeDelta::zero(),
        spans if spans.len() % 2 == 1 => spans[spans.len() / 2],
        spans => (spans[spans.len() / 2 - 1] + spans[spans.len() / 2]) / 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_the_middle() {
        let of = |minutes: &[i64]| {
            let mut spans: Vec<TimeDelta> =
                minutes.iter().map(|minutes| TimeDelta::minutes(*minutes)).collect();
            median(&mut spans).num_minutes()
        };
        assert_eq!((of(&[9, 1, 5]), of(&[4, 1, 2, 100]), of(&[])), (5, 3, 0));
    }
}
