//! The calls about contacts and companies.

use crate::crm::amo::calls::client::{AmoCalls, SEARCH_PAGES};
use crate::crm::amo::calls::error::CallError;
use crate::crm::amo::calls::fields;
use crate::crm::amo::calls::write::{ContactPatch, NewContact};
use crate::crm::amo::wire::Contact;

impl AmoCalls<'_> {
    /// Contacts that really have this phone; nothing for less than ten digits.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn find_contacts_by_phone(&self, phone: &str) -> Result<Vec<Contact>, CallError> {
        let Some(digits) = fields::last_ten(phone) else { return Ok(Vec::new()) };
        let hits = self.search_contacts(&digits).await?;
        let real = |contact: &Contact| !contact.is_deleted && fields::has_phone(contact, &digits);
        Ok(hits.into_iter().filter(real).collect())
    }

    /// Contacts that really have this e-mail.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn find_contacts_by_email(&self, email: &str) -> Result<Vec<Contact>, CallError> {
        let hits = self.search_contacts(email.trim()).await?;
        let real = |contact: &Contact| !contact.is_deleted && fields::has_email(contact, email);
        Ok(hits.into_iter().filter(real).collect())
    }

    /// Contacts that hold these words anywhere: hits are candidates, to be compared by the caller.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn search_contacts(&self, words: &str) -> Result<Vec<Contact>, CallError> {
        let query = [("query", words), ("limit", "50")];
        self.pages("/api/v4/contacts", &query, "contacts", SEARCH_PAGES).await
    }

    /// The 250 contacts that were made last.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn newest_contacts(&self) -> Result<Vec<Contact>, CallError> {
        let query = [("order[id]", "desc"), ("limit", "250")];
        self.pages("/api/v4/contacts", &query, "contacts", 1).await
    }

    /// Companies that hold these words anywhere: hits are candidates, to be compared by the caller.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn search_companies(&self, words: &str) -> Result<Vec<Contact>, CallError> {
        let query = [("query", words), ("limit", "50")];
        self.pages("/api/v4/companies", &query, "companies", SEARCH_PAGES).await
    }

    /// One company; `None` where there is none.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn company(&self, id: i64) -> Result<Option<Contact>, CallError> {
        self.get(&format!("/api/v4/companies/{id}"), &[]).await
    }

    /// Makes a company; its id.
    ///
    /// # Errors
    /// See [`CallError`]; the outcome may be unknown.
    pub async fn create_company(&self, company: NewContact) -> Result<i64, CallError> {
        self.create("/api/v4/companies", "companies", company.body()).await
    }

    /// One contact; `None` where there is none.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn contact(&self, id: i64) -> Result<Option<Contact>, CallError> {
        self.get(&format!("/api/v4/contacts/{id}"), &[("with", "leads")]).await
    }

    /// Makes a contact; its id.
    ///
    /// # Errors
    /// See [`CallError`]; the outcome may be unknown.
    pub async fn create_contact(&self, contact: NewContact) -> Result<i64, CallError> {
        self.create("/api/v4/contacts", "contacts", contact.body()).await
    }

    /// Changes fields of a contact; their time of the change, Unix seconds, where the answer tells
    /// it.
    ///
    /// # Errors
    /// See [`CallError`]; the outcome may be unknown, but the same change may be made again.
    pub async fn update_contact(
        &self,
        id: i64,
        patch: ContactPatch,
    ) -> Result<Option<i64>, CallError> {
        self.patch(&format!("/api/v4/contacts/{id}"), patch.body()).await
    }
}
