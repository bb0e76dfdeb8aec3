//! What has changed lately, for pages that show it live. No table of its own: whatever changes for
//! somebody is promised to them, comes in from outside, or is written into the audit log, and the
//! ids of all three tell their time.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::Result;
use crate::db::{Executor, fetch_all, fetch_one};

/// How far back a look goes: a transaction commits within that time after its ids were made.
const BACK: TimeDelta = TimeDelta::seconds(60);

/// What changed, and a mark that is another after each change.
pub type Pulse = BTreeMap<&'static str, String>;

/// What the promises of the last minute are about, by their kind and by the card that they show.
const PROMISED: &str = "select topic, max(id)
       from (select id, case
                 when kind like '%order%' or payload like '%order_card%' then 'orders'
                 when kind like '%lead%' or payload like '%lead_card%' then 'leads'
                 when kind like '%approval%' or payload like '%approval_card%' then 'approvals'
                 when kind like '%request%' or kind like '%visit%'
                      or payload like '%request_card%' or payload like '%request_news%'
                      or payload like '%job_card%' then 'requests'
                 else 'others' end as topic
               from deliveries where id >= $1) promised
      group by topic";

/// The topics that a promise may be about.
const TOPICS: [&str; 5] = ["orders", "leads", "approvals", "requests", "others"];

/// The marks of all topics: `orders`, `requests`, `leads`, `approvals`, `deliveries`, `events`,
/// `audit`. Four statements that read what is undelivered and the last minute, free of history.
pub async fn pulse(db: &mut impl Executor, now: DateTime<Utc>) -> Result<Pulse> {
    // The first 48 bits of a UUIDv7 are Unix milliseconds (RFC 9562, 5.7).
    let since = format!("{:012x}", (now - BACK).timestamp_millis());
    let promised = fetch_all!(db, (String, String), PROMISED, &since)?;
    let mut pulse = Pulse::new();
    for topic in TOPICS {
        let mark = promised.iter().find(|(name, _)| name == topic);
        pulse.insert(topic, mark.map(|(_, id)| id.clone()).unwrap_or_default());
    }
    let open: (i64, i64) = fetch_one!(
        db,
        (i64, i64),
        "select count(*), count(case when state = 'dead' then 1 end)
           from deliveries where state <> 'delivered'"
    )?;
    let newest = promised.iter().map(|(_, id)| id.as_str()).max().unwrap_or_default();
    pulse.insert("deliveries", format!("{}:{}:{newest}", open.0, open.1));
    let waiting: (i64, Option<String>) = fetch_one!(
        db,
        (i64, Option<String>),
        "select count(*), max(id) from inbound_events where state <> 'processed'"
    )?;
    pulse.insert("events", format!("{}:{}", waiting.0, waiting.1.unwrap_or_default()));
    let acted: (Option<String>,) =
        fetch_one!(db, (Option<String>,), "select max(id) from audit_log where id >= $1", &since)?;
    pulse.insert("audit", acted.0.unwrap_or_default());
    Ok(pulse)
}

/// The topics whose mark is another now. What fell out of the last minute has not changed.
pub fn changed(before: &Pulse, now: &Pulse) -> Vec<&'static str> {
    let moved = |(topic, mark): &(&&'static str, &String)| {
        !mark.is_empty() && before.get(**topic).is_none_or(|was| was != *mark)
    };
    now.iter().filter(moved).map(|(topic, _)| *topic).collect()
}
