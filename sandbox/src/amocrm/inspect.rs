//! What tests and the demo may look at.

use crate::amocrm::account::{Call, HookDelivery, Subscription};
use crate::amocrm::core::Amocrm;
use crate::amocrm::data::{Contact, DriveFile, Lead, Note, Task};

impl Amocrm {
    /// All leads, the oldest first.
    pub fn leads(&self) -> Vec<Lead> {
        self.account().leads.values().cloned().collect()
    }

    /// One lead.
    pub fn lead(&self, id: i64) -> Option<Lead> {
        self.account().leads.get(&id).cloned()
    }

    /// All contacts, the oldest first.
    pub fn contacts(&self) -> Vec<Contact> {
        self.account().contacts.values().cloned().collect()
    }

    /// One contact.
    pub fn contact(&self, id: i64) -> Option<Contact> {
        self.account().contacts.get(&id).cloned()
    }

    /// All companies, the oldest first.
    pub fn companies(&self) -> Vec<Contact> {
        self.account().companies.values().cloned().collect()
    }

    /// Notes of a lead, the oldest first.
    pub fn notes_of(&self, lead: i64) -> Vec<Note> {
        let account = self.account();
        let notes = account.notes.iter();
        notes.filter(|note| note.entity == "leads" && note.entity_id == lead).cloned().collect()
    }

    /// All tasks, the oldest first.
    pub fn tasks(&self) -> Vec<Task> {
        self.account().tasks.values().cloned().collect()
    }

    /// Files on a lead, in the order in which they were put there.
    pub fn files_of(&self, lead: i64) -> Vec<DriveFile> {
        let account = self.account();
        let uuids = account.leads.get(&lead).map(|lead| lead.files.clone()).unwrap_or_default();
        uuids.iter().filter_map(|uuid| account.files.get(uuid).cloned()).collect()
    }

    /// The calls that came in, the oldest first; of very many only the last 5,000.
    pub fn calls(&self) -> Vec<Call> {
        self.call_log()
    }

    /// Webhook subscriptions made through the API.
    pub fn subscriptions(&self) -> Vec<Subscription> {
        self.account().hooks.clone()
    }

    /// Webhooks sent or on their way; of very many only the last 1,000.
    pub fn hook_deliveries(&self) -> Vec<HookDelivery> {
        self.account().deliveries.clone()
    }
}
