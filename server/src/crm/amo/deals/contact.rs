//! One customer is one contact there, whatever breaks while it is made.
//!
//! The deliveries of one order go one after the other, so its deal is safe behind the outbox. The
//! contact is not: the orders of a customer are different entities, and while one waits to learn
//! whether it made the contact, the next one would search, find nothing yet, and make a second.
//! So each try to make it is on disk before the call, and nobody searches until it must show. A
//! phone belongs to one customer here, so the lock of a customer is the lock of a phone.

use domain::people::Customer;

use crate::crm::amo::AmoCalls;
use crate::crm::amo::calls::fields::{self, EMAIL, FieldWrite, PHONE};
use crate::crm::amo::calls::write::{ContactPatch, LinkTo, NewContact};
use crate::crm::amo::connection::{AmoConnection, CONTACT, creating, reading};
use crate::crm::amo::wire::Contact;
use crate::worker::policy::Failure;

/// A contact of the story at hand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    /// Its id there.
    pub(crate) id: i64,
    /// Whether it belongs to a company already.
    pub(crate) employed: bool,
}

impl AmoConnection {
    /// The customer's contact: remembered and still there, else found and verified, else made. What
    /// it lacks of the customer's phone and e-mail is added; what stands there stays.
    pub(crate) async fn contact(
        &self,
        customer: &Customer,
        calls: AmoCalls<'_>,
    ) -> Result<Person, Failure> {
        let entity = format!("customer:{}", customer.id);
        let _turn = self.turns.of(&entity).await;
        if let Some(contact) = self.known_contact(&entity, customer, calls).await? {
            self.top_up(&contact, customer, calls).await?;
            let employed = !contact.embedded.companies.is_empty();
            return Ok(Person { id: contact.id, employed });
        }
        self.begin_try(&entity, CONTACT).await?;
        let made = calls.create_contact(self.new_contact(customer)).await.map_err(creating)?;
        self.point(&entity, CONTACT, made).await?;
        Ok(Person { id: made, employed: false })
    }

    /// The contact that is there already. Call it in the customer's turn.
    pub(crate) async fn known_contact(
        &self,
        entity: &str,
        customer: &Customer,
        calls: AmoCalls<'_>,
    ) -> Result<Option<Contact>, Failure> {
        if let Some(id) = self.linked_id(entity, CONTACT).await? {
            let contact = calls.contact(id).await.map_err(reading)?;
            // Managers merge duplicates and delete: then it is looked for like one never seen.
            if let Some(contact) = contact.filter(|contact| !contact.is_deleted) {
                return Ok(Some(contact));
            }
        }
        self.no_fresh_try(entity, CONTACT).await?;
        let found = self.search_contact(customer, calls).await?;
        if let Some(contact) = &found {
            self.point(entity, CONTACT, contact.id).await?;
        }
        Ok(found)
    }

    /// A contact of this person by phone, else by e-mail, else by Telegram id; the oldest of
    /// several, for duplicates are merged into it by managers.
    async fn search_contact(
        &self,
        customer: &Customer,
        calls: AmoCalls<'_>,
    ) -> Result<Option<Contact>, Failure> {
        let oldest = |found: Vec<Contact>| found.into_iter().min_by_key(|contact| contact.id);
        if let Some(phone) = &customer.phone {
            let found = calls.find_contacts_by_phone(phone.as_str()).await.map_err(reading)?;
            if !found.is_empty() {
                return Ok(oldest(found));
            }
        }
        if let Some(email) = &customer.email {
            let found = calls.find_contacts_by_email(email).await.map_err(reading)?;
            if !found.is_empty() {
                return Ok(oldest(found));
            }
        }
        let Some(telegram) = customer.telegram_id.map(|id| id.to_string()) else {
            return Ok(None);
        };
        if let Some(field) = self.field("contact_telegram_id") {
            let hits = calls.search_contacts(&telegram).await.map_err(reading)?;
            let same = |contact: &Contact| contact.text(field).as_deref() == Some(&*telegram);
            return Ok(oldest(hits.into_iter().filter(same).collect()));
        }
        if !needs_tag(customer) {
            return Ok(None);
        }
        // The search does not promise to know tags, so the newest contacts are looked through: it
        // matters only after a try whose outcome is open, which is not long ago.
        let newest = calls.newest_contacts().await.map_err(reading)?;
        let tag = telegram_tag(&telegram);
        Ok(oldest(newest.into_iter().filter(|contact| contact.has_tag(&tag)).collect()))
    }

    /// Adds what the contact lacks. A refusal is the account's own rule about contacts, and no
    /// reason to hold an order back.
    async fn top_up(
        &self,
        contact: &Contact,
        customer: &Customer,
        calls: AmoCalls<'_>,
    ) -> Result<(), Failure> {
        let phone = customer.phone.as_ref().and_then(|phone| {
            let value = (phone.as_str(), "MOB");
            FieldWrite::added(contact, PHONE, value, fields::same_phone)
        });
        let email = customer.email.as_ref().and_then(|email| {
            FieldWrite::added(contact, EMAIL, (email.as_str(), "WORK"), fields::same_email)
        });
        let fields: Vec<FieldWrite> = phone.into_iter().chain(email).collect();
        if fields.is_empty() {
            return Ok(());
        }
        match calls.update_contact(contact.id, ContactPatch { fields }).await.map_err(reading) {
            Err(Failure::Rejected { why }) => {
                tracing::warn!(contact = contact.id, why, "a contact keeps the phones it has");
                Ok(())
            }
            other => other,
        }
    }

    /// Puts the contact into the company, once: where a manager moves it later, it stays.
    pub(crate) async fn join(
        &self,
        customer: &Customer,
        contact: Person,
        company: i64,
        calls: AmoCalls<'_>,
    ) -> Result<(), Failure> {
        let entity = format!("customer:{}", customer.id);
        let step = format!("member:{company}");
        if contact.employed || self.linked(&entity, &step).await?.is_some() {
            return Ok(());
        }
        let link = LinkTo::company(company);
        calls.link("contacts", contact.id, &[link]).await.map_err(reading)?;
        self.remember(&entity, &step, &contact.id.to_string()).await
    }

    pub(crate) fn new_contact(&self, customer: &Customer) -> NewContact {
        let mut fields = Vec::new();
        if let Some(phone) = &customer.phone {
            fields.push(FieldWrite::first(PHONE, phone.as_str(), "MOB"));
        }
        if let Some(email) = &customer.email {
            fields.push(FieldWrite::first(EMAIL, email, "WORK"));
        }
        let telegram = customer.telegram_id.map(|id| id.to_string());
        let mut tags = Vec::new();
        match (self.field("contact_telegram_id"), telegram) {
            (Some(field), Some(telegram)) => fields.push(FieldWrite::text(field, &telegram)),
            (None, Some(telegram)) if needs_tag(customer) => tags.push(telegram_tag(&telegram)),
            _ => {}
        }
        NewContact {
            name: customer.name.clone(),
            responsible_user_id: self.settings.responsible_user_id,
            fields,
            tags,
        }
    }
}

/// Whether nothing but the Telegram id tells this person from others.
fn needs_tag(customer: &Customer) -> bool {
    customer.phone.is_none() && customer.email.is_none()
}

fn telegram_tag(telegram_id: &str) -> String {
    format!("telegram:{telegram_id}")
}
