//! One customer is one contact there, whatever breaks while it is made.
//!
//! The deliveries of one order go one after the other, so its deal is safe behind the outbox. The
//! contact is not: the orders of a customer are different entities, and while one waits to learn
//! whether it made the contact, the next one would search, find nothing yet, and make a second.
//! So each try to make it is on disk before the call, and nobody searches until it must show.

use domain::links;
use domain::people::Customer;

use crate::crm::amo::AmoCalls;
use crate::crm::amo::connection::{AmoConnection, CONTACT, creating, local, reading};
use crate::crm::amo::fields::FieldWrite;
use crate::crm::amo::write::NewContact;
use crate::worker::policy::Failure;

/// The step that is begun before a contact is made.
const MAKING: &str = "contact-making";

impl AmoConnection {
    /// The customer's contact: remembered, else found by phone, else made.
    pub(crate) async fn contact(
        &self,
        customer: &Customer,
        calls: AmoCalls<'_>,
    ) -> Result<i64, Failure> {
        let entity = format!("customer:{}", customer.id);
        let _one_at_a_time = self.contacts.lock().await;
        if let Some(id) = self.linked_id(&entity, CONTACT).await? {
            return Ok(id);
        }
        self.no_fresh_try(&entity).await?;
        let found = match &customer.phone {
            Some(phone) => calls.find_contacts_by_phone(phone.as_str()).await.map_err(reading)?,
            None => Vec::new(),
        };
        // The oldest of several: duplicates are merged into it by managers.
        let id = match found.iter().map(|contact| contact.id).min() {
            Some(id) => id,
            None => {
                self.begin_try(&entity).await?;
                calls.create_contact(self.new_contact(customer)).await.map_err(creating)?
            }
        };
        self.remember(&entity, CONTACT, &id.to_string()).await?;
        Ok(id)
    }

    /// A search tells something only when the last try must show in it.
    async fn no_fresh_try(&self, entity: &str) -> Result<(), Failure> {
        let begun = {
            let mut reader = self.db.read().await.map_err(local)?;
            links::begun(&mut reader, self.name(), entity, MAKING).await.map_err(local)?
        };
        let Some(begun) = begun else { return Ok(()) };
        let wait = begun + self.grace - self.dealer.clock.now();
        match wait.to_std() {
            Ok(after) if !after.is_zero() => Err(being_made(after)),
            _ => Ok(()),
        }
    }

    /// Another process may have begun since we looked; then it is its turn.
    async fn begin_try(&self, entity: &str) -> Result<(), Failure> {
        let now = self.dealer.clock.now();
        let mut tx = self.db.begin().await.map_err(local)?;
        let begun = links::begin(&mut tx, self.name(), entity, MAKING, now - self.grace, now);
        let begun = begun.await.map_err(local)?;
        tx.commit().await.map_err(local)?;
        match begun {
            true => Ok(()),
            false => Err(being_made(self.grace.to_std().unwrap_or_default())),
        }
    }

    fn new_contact(&self, customer: &Customer) -> NewContact {
        let mut fields = Vec::new();
        if let Some(phone) = &customer.phone {
            fields.push(FieldWrite::first("PHONE", phone.as_str(), "MOB"));
        }
        if let Some(email) = &customer.email {
            fields.push(FieldWrite::first("EMAIL", email, "WORK"));
        }
        NewContact {
            name: customer.name.clone(),
            responsible_user_id: self.settings.responsible_user_id,
            fields,
        }
    }
}

fn being_made(after: std::time::Duration) -> Failure {
    Failure::NotYet { after, why: "the customer's contact may just have been made".to_owned() }
}
