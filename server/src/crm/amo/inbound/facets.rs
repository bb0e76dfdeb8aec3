//! What their entities say, as the ledger knows it: facet by facet, in words of ours, so that what we
//! write and what we read there can be compared.

use chrono_tz::Tz;
use domain::ledger::Facet;
use domain::text::Phone;

use crate::crm::amo::calls::fields::{self, FieldWrite};
use crate::crm::amo::calls::write::NewLead;
use crate::crm::amo::connection::AmoConnection;
use crate::crm::amo::wire::{Contact, Lead};
use crate::crm::tell::person::Who;

/// The stage of a deal.
pub(crate) const STATUS: &str = "status";
/// The name of a contact or company.
pub(crate) const NAME: &str = "name";
/// The phones of a contact.
pub(crate) const PHONES: &str = "phones";
/// The first e-mail of a contact.
pub(crate) const EMAIL: &str = "email";

/// Our name of the field that holds the next maintenance.
pub(crate) const NEXT: &str = "next_maintenance_on";

/// Our fields whose change in a deal we follow.
pub(crate) const FOLLOWED: [&str; 5] = ["serial", "model", "telegram_id", "configuration", NEXT];

/// What the ledger calls a field.
pub(crate) fn of_field(field: i64) -> String {
    format!("field:{field}")
}

/// What a written field says afterwards.
pub(crate) fn of_write(write: &FieldWrite) -> Option<Facet> {
    write.said().map(|(field, said)| (of_field(field), said.to_owned()))
}

/// The stage of a deal.
pub(crate) fn of_stage(status_id: i64) -> Facet {
    (STATUS.to_owned(), status_id.to_string())
}

/// What of a contact we follow.
pub(crate) fn of_contact(contact: &Contact) -> Vec<Facet> {
    let email = fields::emails(contact).into_iter().next().unwrap_or_default();
    person(&contact.name, &phones_of(contact), &email)
}

/// The same of a person as their contact is made.
pub(crate) fn of_person(who: &Who) -> Vec<Facet> {
    let phones: Vec<Phone> = who.phone.iter().filter_map(|phone| Phone::parse(phone)).collect();
    person(&who.name, &phones, who.email.as_deref().unwrap_or_default())
}

/// What a new deal says of what we follow in ours, where we decide it.
pub(crate) fn of_new_lead(new: &NewLead) -> Vec<Facet> {
    new.status_id.map(of_stage).into_iter().collect()
}

fn person(name: &str, phones: &[Phone], email: &str) -> Vec<Facet> {
    vec![
        (NAME.to_owned(), name.trim().to_owned()),
        of_phones(phones),
        (EMAIL.to_owned(), email.to_owned()),
    ]
}

/// The phones of a contact.
pub(crate) fn of_phones(phones: &[Phone]) -> Facet {
    let phones: Vec<&str> = phones.iter().map(Phone::as_str).collect();
    (PHONES.to_owned(), phones.join(","))
}

/// What of a company we follow.
pub(crate) fn of_company(name: &str) -> Vec<Facet> {
    vec![(NAME.to_owned(), name.trim().to_owned())]
}

/// The phones of a contact that can be phones.
pub(crate) fn phones_of(contact: &Contact) -> Vec<Phone> {
    fields::phones(contact).iter().filter_map(|phone| Phone::parse(phone)).collect()
}

impl AmoConnection {
    /// What of a deal of the managers' own we follow.
    pub(crate) fn sale_facets(&self, lead: &Lead, zone: Tz) -> Vec<Facet> {
        let known = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
        let mut facets = vec![
            // Not the stage of a deal of ours: a site lead is both, and followed as each.
            ("sale".to_owned(), known(lead.status_id)),
            ("pipeline".to_owned(), known(lead.pipeline_id)),
            ("contact".to_owned(), known(lead.main_contact())),
            ("company".to_owned(), known(lead.embedded.companies.first().map(|it| it.id))),
        ];
        let product = |it: &crate::crm::amo::wire::LinkedElement| (it.id, it.quantity());
        let products: Vec<_> = lead.embedded.catalog_elements.iter().map(product).collect();
        facets.push(("products".to_owned(), format!("{products:?}")));
        for ours in FOLLOWED {
            let Some(field) = self.field(ours) else { continue };
            let said = match ours {
                NEXT => lead.date(field, zone).map(|date| date.to_string()),
                _ => lead.text(field),
            };
            facets.push((of_field(field), said.unwrap_or_default()));
        }
        facets
    }
}
