//! Contacts: found by what is really theirs, made with what we know, topped up with what they lack.

use domain::text::Phone;

use crate::crm::amo::calls::fields::{self, EMAIL, FieldWrite, PHONE};
use crate::crm::amo::calls::write::{ContactPatch, NewContact};
use crate::crm::amo::connection::{AmoConnection, CONTACT, reading};
use crate::crm::amo::deals::account::AmoAccount;
use crate::crm::amo::inbound::facets;
use crate::crm::amo::wire::Contact;
use crate::crm::hear::facets::of_phones;
use crate::crm::hear::{self, writing, written};
use crate::crm::tell::person::Who;
use crate::worker::policy::Failure;

impl AmoAccount<'_> {
    /// A contact of this person by phone, else by e-mail, else by Telegram id; the oldest of
    /// several, for duplicates are merged into it by managers.
    pub(super) async fn search_contact(&self, who: &Who) -> Result<Option<Contact>, Failure> {
        let oldest = |found: Vec<Contact>| found.into_iter().min_by_key(|contact| contact.id);
        if let Some(phone) = &who.phone {
            let found = self.calls.find_contacts_by_phone(phone).await.map_err(reading)?;
            if !found.is_empty() {
                return Ok(oldest(found));
            }
        }
        if let Some(email) = &who.email {
            let found = self.calls.find_contacts_by_email(email).await.map_err(reading)?;
            if !found.is_empty() {
                return Ok(oldest(found));
            }
        }
        let Some(telegram) = who.telegram_id.map(|id| id.to_string()) else {
            return Ok(None);
        };
        if let Some(field) = self.amo.field("contact_telegram_id") {
            let hits = self.calls.search_contacts(&telegram).await.map_err(reading)?;
            let same = |contact: &Contact| contact.text(field).as_deref() == Some(&*telegram);
            return Ok(oldest(hits.into_iter().filter(same).collect()));
        }
        if !needs_tag(who) {
            return Ok(None);
        }
        // The search does not promise to know tags, so the newest contacts are looked through: it
        // matters only after a try whose outcome is open, which is not long ago.
        let newest = self.calls.newest_contacts().await.map_err(reading)?;
        let tag = telegram_tag(&telegram);
        Ok(oldest(newest.into_iter().filter(|contact| contact.has_tag(&tag)).collect()))
    }

    /// Adds what the contact lacks. A refusal is the account's own rule about contacts, and no
    /// reason to hold an order back.
    pub(super) async fn add_missing(&self, contact: &Contact, who: &Who) -> Result<(), Failure> {
        let phone = who.phone.as_ref().and_then(|phone| {
            let value = (phone.as_str(), "MOB");
            FieldWrite::added(contact, PHONE, value, fields::same_phone)
        });
        let email = who.email.as_ref().and_then(|email| {
            FieldWrite::added(contact, EMAIL, (email.as_str(), "WORK"), fields::same_email)
        });
        let mut says = Vec::new();
        if let (Some(_), Some(own)) = (&phone, &who.phone) {
            let phones = facets::person(contact).phones.into_iter().chain(Phone::parse(own));
            says.push(of_phones(&phones.collect::<Vec<_>>()));
        }
        if let (Some(_), Some(own), []) = (&email, &who.email, &*fields::emails(contact)) {
            says.push((hear::facets::EMAIL.to_owned(), own.clone()));
        }
        let fields: Vec<FieldWrite> = phone.into_iter().chain(email).collect();
        if fields.is_empty() {
            return Ok(());
        }
        writing(self, CONTACT, contact.id, &says).await?;
        match self.calls.update_contact(contact.id, ContactPatch { fields }).await.map_err(reading)
        {
            Ok(at) => written(self, CONTACT, contact.id, &says, at).await,
            Err(Failure::Rejected { why }) => {
                tracing::warn!(contact = contact.id, why, "a contact keeps the phones it has");
                Ok(())
            }
            Err(other) => Err(other),
        }
    }
}

impl AmoConnection {
    /// The contact of a person as it is made.
    pub(crate) fn new_contact(&self, who: &Who) -> NewContact {
        let mut fields = Vec::new();
        if let Some(phone) = &who.phone {
            fields.push(FieldWrite::first(PHONE, phone, "MOB"));
        }
        if let Some(email) = &who.email {
            fields.push(FieldWrite::first(EMAIL, email, "WORK"));
        }
        let telegram = who.telegram_id.map(|id| id.to_string());
        let mut tags = Vec::new();
        match (self.field("contact_telegram_id"), telegram) {
            (Some(field), Some(telegram)) => fields.push(FieldWrite::text(field, &telegram)),
            (None, Some(telegram)) if needs_tag(who) => tags.push(telegram_tag(&telegram)),
            _ => {}
        }
        NewContact {
            name: who.name.clone(),
            responsible_user_id: self.settings.responsible_user_id,
            fields,
            tags,
        }
    }
}

/// Whether nothing but the Telegram id tells this person from others.
fn needs_tag(who: &Who) -> bool {
    who.phone.is_none() && who.email.is_none()
}

fn telegram_tag(telegram_id: &str) -> String {
    format!("telegram:{telegram_id}")
}
