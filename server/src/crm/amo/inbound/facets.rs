//! What their entities say, in the words of the ledger.

use domain::ledger::Facet;
use domain::text::Phone;

use crate::crm::amo::calls::fields::{self, FieldWrite};
use crate::crm::amo::calls::write::NewLead;
use crate::crm::amo::wire::Contact;
use crate::crm::hear::TheirPerson;
use crate::crm::hear::facets::{of_field, of_stage};

/// What a written field says afterwards.
pub(crate) fn of_write(write: &FieldWrite) -> Option<Facet> {
    write.said().map(|(field, said)| (of_field(field), said.to_owned()))
}

/// What a new deal says of what we follow in ours, where we decide it.
pub(crate) fn of_new_lead(new: &NewLead) -> Vec<Facet> {
    new.status_id.map(of_stage).into_iter().collect()
}

/// A contact as everybody understands it.
pub(crate) fn person(contact: &Contact) -> TheirPerson {
    let phones = fields::phones(contact);
    TheirPerson {
        id: contact.id.to_string(),
        name: contact.name.clone(),
        phones: phones.iter().filter_map(|phone| Phone::parse(phone)).collect(),
        email: fields::emails(contact).into_iter().next(),
        at: contact.updated_at.unwrap_or_default(),
    }
}
