//! What must be so in the end, whatever happened on the way.

use std::collections::{BTreeMap, BTreeSet};

use domain::db::Db;
use tests::{Program, phone_of, shoppers};

use crate::shoppers::{Accepted, SHOPPERS};

/// Every accepted order is one order, one deal with one note under one contact, and a copy by
/// mail; and nothing else is there.
pub(crate) async fn one_deal_each(program: &Program, db: &Db, accepted: &[Accepted]) {
    let known: BTreeSet<&str> = accepted.iter().map(|order| order.number.as_str()).collect();
    assert_eq!(known.len(), accepted.len(), "two orders were told the same number");
    let stored = orders(db).await;
    let stored: BTreeSet<&str> = stored.iter().map(String::as_str).collect();
    assert_eq!(stored, known, "the database holds what customers were told, and nothing else");
    let contacts = contacts(program);
    deals(program, accepted, &contacts);
    let mails: Vec<String> = program.mailbox.mails().into_iter().map(|mail| mail.subject).collect();
    for number in known {
        assert!(mails.iter().any(|subject| subject.contains(number)), "{number}: no copy by mail");
    }
}

async fn orders(db: &Db) -> Vec<String> {
    let mut reader = db.read().await.expect("a connection");
    let rows = domain::fetch_all!(&mut reader, (String,), "select number from orders");
    rows.expect("orders").into_iter().map(|(number,)| number).collect()
}

/// The contact of each customer's phone.
fn contacts(program: &Program) -> BTreeMap<String, i64> {
    let mut of_phone: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for contact in program.amo.contacts() {
        for phone in contact.phones() {
            of_phone.entry(phone).or_default().push(contact.id);
        }
    }
    let doubled: Vec<_> = of_phone.iter().filter(|(_, contacts)| contacts.len() > 1).collect();
    assert!(doubled.is_empty(), "one customer is one contact: {doubled:?}");
    let expected: Vec<String> = shoppers(SHOPPERS).map(phone_of).collect();
    assert_eq!(of_phone.keys().cloned().collect::<Vec<_>>(), expected);
    of_phone.into_iter().map(|(phone, contacts)| (phone, contacts[0])).collect()
}

fn deals(program: &Program, accepted: &[Accepted], contacts: &BTreeMap<String, i64>) {
    let leads = program.amo.leads();
    let mut faults = Vec::new();
    for Accepted { person, number } in accepted {
        let deals: Vec<_> =
            leads.iter().filter(|lead| lead.tag_names() == [number.as_str()]).collect();
        let [deal] = deals.as_slice() else {
            faults.push(format!("{number} has {} deals", deals.len()));
            continue;
        };
        if !deal.name.contains(number) {
            faults.push(format!("{number}: its deal is called {}", deal.name));
        }
        let notes = program.amo.notes_of(deal.id);
        if notes.len() != 1 || !notes[0].text().contains(number) {
            faults.push(format!("{number}: {} notes on its deal", notes.len()));
        }
        if deal.main_contact() != contacts.get(&phone_of(*person)).copied() {
            faults.push(format!("{number}: its deal hangs on another contact"));
        }
    }
    assert!(faults.is_empty(), "{} faults: {faults:#?}", faults.len());
    assert_eq!(leads.len(), accepted.len(), "there are deals without an order");
}
