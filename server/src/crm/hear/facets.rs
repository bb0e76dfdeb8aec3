//! What their entities say, as the ledger knows it: facet by facet, in words of ours, so that what we
//! write and what we read there can be compared.

use domain::ledger::Facet;
use domain::text::Phone;

use crate::crm::hear::speaker::TheirPerson;
use crate::crm::tell::person::Who;

/// The stage of a deal or lead.
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

/// What the ledger calls a field of theirs.
pub(crate) fn of_field(theirs: impl std::fmt::Display) -> String {
    format!("field:{theirs}")
}

/// The stage of a deal or lead.
pub(crate) fn of_stage(stage: impl std::fmt::Display) -> Facet {
    (STATUS.to_owned(), format!("{stage}"))
}

/// What of a contact we follow.
pub(crate) fn of_contact(person: &TheirPerson) -> Vec<Facet> {
    of(&person.name, &person.phones, person.email.as_deref())
}

/// The same of a person as their contact is made; `name` as it is written there.
pub(crate) fn of_person(who: &Who, name: &str) -> Vec<Facet> {
    let phones: Vec<Phone> = who.phone.iter().filter_map(|phone| Phone::parse(phone)).collect();
    of(name, &phones, who.email.as_deref())
}

fn of(name: &str, phones: &[Phone], email: Option<&str>) -> Vec<Facet> {
    let email = email.unwrap_or_default().to_owned();
    vec![(NAME.to_owned(), name.trim().to_owned()), of_phones(phones), (EMAIL.to_owned(), email)]
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
