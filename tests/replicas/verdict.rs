//! What must be so in the end, whichever process did it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::db::Db;
use tests::{Program, phone_of};

use crate::shoppers::Accepted;

/// Every accepted order is one deal with one note under the one contact of its customer, and
/// stands where the customer left it.
pub(crate) fn one_deal_each(program: &Program, accepted: &[Accepted]) {
    let (leads, contacts) = (program.amo.leads(), program.amo.contacts());
    let mut faults = Vec::new();
    for Accepted { person, number, cancelled } in accepted {
        let deals: Vec<_> = leads.iter().filter(|lead| lead.name.contains(number)).collect();
        let [deal] = deals.as_slice() else {
            faults.push(format!("{number} has {} deals", deals.len()));
            continue;
        };
        let notes = program.amo.notes_of(deal.id);
        if notes.len() != 1 {
            faults.push(format!("{number}: {} notes on its deal", notes.len()));
        }
        let phone = phone_of(*person);
        let theirs: Vec<_> = contacts.iter().filter(|c| c.phones().contains(&phone)).collect();
        if theirs.len() != 1 || deal.main_contact() != theirs.first().map(|contact| contact.id) {
            faults.push(format!("{number}: {} contacts, or another one", theirs.len()));
        }
        if (deal.status_id == 143) != *cancelled {
            faults.push(format!("{number}: cancelled {cancelled}, but at {}", deal.status_id));
        }
    }
    assert!(faults.is_empty(), "{} faults: {faults:#?}", faults.len());
    assert_eq!(leads.len(), accepted.len(), "there are deals without an order");
}

/// Of one order's deliveries none began before the one before it was at its end.
pub(crate) async fn in_order(db: &Db) {
    type Row = (String, String, DateTime<Utc>, Option<DateTime<Utc>>);
    let mut reader = db.read().await.expect("a connection");
    let rows = domain::fetch_all!(
        &mut reader,
        Row,
        "select d.entity, d.id, a.started_at, a.finished_at
           from deliveries d
           join attempts a on a.delivery_id = d.id
          where d.connection = 'amo'
          order by d.entity, d.id, a.number"
    );
    let mut last: BTreeMap<String, (String, Option<DateTime<Utc>>)> = BTreeMap::new();
    let mut followed = 0;
    for (entity, id, started, finished) in rows.expect("attempts") {
        if let Some((before, ended)) = last.get(&entity)
            && *before != id
        {
            followed += 1;
            let ended = ended.unwrap_or_else(|| panic!("{before} of {entity} never ended"));
            assert!(started >= ended, "{id} of {entity} overtook {before}");
        }
        last.insert(entity, (id, finished));
    }
    assert!(followed > 0, "no order had a second delivery: nothing was proved");
}

/// Together the processes keep the rate of one: since then nobody was sent away, and no ten seconds
/// saw more than five calls each.
pub(crate) fn at_the_rate_of_one(program: &Program, since: DateTime<Utc>) {
    let calls: Vec<_> = program.amo.calls().into_iter().filter(|call| call.at >= since).collect();
    let refused = calls.iter().filter(|call| call.status == Some(429)).count();
    assert_eq!(refused, 0, "amoCRM had to say 429");
    let window = TimeDelta::seconds(10);
    let most = calls.iter().map(|from| {
        let within = |at: DateTime<Utc>| (TimeDelta::zero()..window).contains(&(at - from.at));
        calls.iter().filter(|call| within(call.at)).count()
    });
    let most = most.max().unwrap_or_default();
    eprintln!("at most {most} calls in ten seconds, of {}", calls.len());
    // One that was held up on its way may arrive in the window of the next.
    assert!(most <= 52, "{most} calls in ten seconds are more than five a second");
    assert!(most >= 40, "{most} calls in ten seconds: the rate was never reached");
}
