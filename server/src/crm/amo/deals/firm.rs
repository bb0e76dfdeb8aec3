//! Companies: by INN where the account keeps it, else by their exact name.

use crate::crm::amo::calls::fields::{FieldWrite, shortened};
use crate::crm::amo::calls::write::NewContact;
use crate::crm::amo::connection::{AmoConnection, reading};
use crate::crm::amo::deals::account::AmoAccount;
use crate::crm::amo::wire::Contact;
use crate::crm::hear::facets::of_company;
use crate::crm::hear::met;
use crate::crm::tell::firm::{COMPANY, Firm, core_of};
use crate::worker::policy::Failure;

impl AmoAccount<'_> {
    /// The company of a firm; the oldest of several.
    pub(super) async fn search_company(&self, firm: &Firm) -> Result<Option<i64>, Failure> {
        let field = self.amo.field("inn");
        let mut found = None;
        if let (Some(field), Some(inn)) = (field, &firm.inn) {
            let hits = self.calls.search_companies(inn).await.map_err(reading)?;
            found = oldest(hits.into_iter().filter(|hit| hit.text(field).as_ref() == Some(inn)));
        }
        if found.is_none() {
            let hits = self.calls.search_companies(core_of(&firm.name)).await.map_err(reading)?;
            let inn = |hit: &Contact| field.and_then(|field| hit.text(field));
            let same = |hit: &Contact| firm.is_namesake(&hit.name, inn(hit).as_deref());
            found = oldest(hits.into_iter().filter(same));
        }
        let Some(company) = found else { return Ok(None) };
        // Under whatever name it is known there: that is theirs, and ours here is ours.
        let (at, says) = (company.updated_at.unwrap_or_default(), of_company(&company.name));
        met(self, COMPANY, company.id, at, &says).await?;
        Ok(Some(company.id))
    }
}

impl AmoConnection {
    /// The company of a firm as it is made.
    pub(crate) fn new_company(&self, firm: &Firm) -> NewContact {
        let inn = self.field("inn").zip(firm.inn.as_deref());
        NewContact {
            name: shortened(&firm.name),
            responsible_user_id: self.settings.responsible_user_id,
            fields: inn.map(|(field, inn)| FieldWrite::text(field, inn)).into_iter().collect(),
            tags: Vec::new(),
        }
    }
}

fn oldest(hits: impl Iterator<Item = Contact>) -> Option<Contact> {
    hits.filter(|hit| !hit.is_deleted).min_by_key(|hit| hit.id)
}
