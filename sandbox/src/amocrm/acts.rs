//! What a manager does by hand in the CRM.

use serde::Deserialize;
use serde_json::json;

use crate::amocrm::catalogue::{
    CATALOGUE, FIELD_CONFIGURATION, FIELD_EMAIL, FIELD_MODEL, FIELD_NEXT_MAINTENANCE, FIELD_PHONE,
    FIELD_SERIAL, FIELD_TELEGRAM, STATUS_IN_WORK, STATUSES, fields_of,
};
use crate::amocrm::core::Amocrm;
use crate::amocrm::data::CatalogLink;
use crate::amocrm::drafts::{LeadDraft, PersonDraft};
use crate::amocrm::fields::{FieldChanges, typed};

/// A deal that a manager types in; empty strings leave a field empty.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct HandMadeLead {
    /// Title; empty = «Станок {model}».
    pub name: String,
    /// Whole roubles.
    pub price: i64,
    /// Serial number of the machine.
    pub serial: String,
    /// Model of the machine.
    pub model: String,
    /// Configuration of the machine.
    pub configuration: String,
    /// `YYYY-MM-DD`.
    pub next_maintenance: String,
    /// Telegram id of the customer.
    pub telegram_id: String,
    /// Name of the contact.
    pub contact: String,
    /// Phone of the contact.
    pub phone: String,
    /// E-mail of the contact.
    pub email: String,
    /// Name of the company.
    pub company: String,
    /// Stage; 0 = «В работе».
    pub status_id: i64,
}

impl Amocrm {
    /// Drags a deal to a stage, which fires the webhook. False where deal or stage do not exist.
    pub fn drag(&self, lead: i64, status_id: i64) -> bool {
        if STATUSES.iter().all(|status| status.id != status_id) {
            return false;
        }
        let draft = LeadDraft { status_id: Some(status_id), ..LeadDraft::default() };
        self.by_hand(|change| change.edit_lead(lead, &draft))
    }

    /// Types a value into a field of a deal; an empty one clears it, a date is `YYYY-MM-DD`.
    /// False where deal or field do not exist or the value does not fit.
    pub fn edit_lead_field(&self, lead: i64, field: i64, text: &str) -> bool {
        let Some(changes) = change_of("leads", field, text) else {
            return false;
        };
        let draft = LeadDraft { fields: changes, ..LeadDraft::default() };
        self.by_hand(|change| change.edit_lead(lead, &draft))
    }

    /// Changes name, phone or e-mail of a contact (`None` = as it is), which fires the webhook.
    /// False where the contact does not exist.
    pub fn edit_contact(
        &self,
        contact: i64,
        name: Option<&str>,
        phone: Option<&str>,
        email: Option<&str>,
    ) -> bool {
        let mut draft = PersonDraft { name: name.map(str::to_owned), ..PersonDraft::default() };
        for (field, text) in [(FIELD_PHONE, phone), (FIELD_EMAIL, email)] {
            let changes = text.and_then(|text| change_of("contacts", field, text));
            draft.fields.extend(changes.unwrap_or_default());
        }
        self.by_hand(|change| change.edit_person("contacts", contact, &draft))
    }

    /// Types all phones of a contact anew, which fires the webhook. False where there is none.
    pub fn set_contact_phones(&self, contact: i64, phones: &[&str]) -> bool {
        let def = fields_of("contacts").iter().find(|def| def.id == FIELD_PHONE);
        let typed = phones.iter().filter_map(|phone| typed(def?, phone)).collect();
        let fields = vec![(FIELD_PHONE, Some(typed))];
        let draft = PersonDraft { fields, ..PersonDraft::default() };
        self.by_hand(|change| change.edit_person("contacts", contact, &draft))
    }

    /// Gives a company another name, which fires the webhook. False where there is none.
    pub fn rename_company(&self, company: i64, name: &str) -> bool {
        let draft = PersonDraft { name: Some(name.to_owned()), ..PersonDraft::default() };
        self.by_hand(|change| change.edit_person("companies", company, &draft))
    }

    /// Deletes a company, as merging it into another one does.
    pub fn delete_company(&self, id: i64) {
        self.by_hand(|change| change.account.companies.remove(&id));
    }

    /// Puts so many pieces of a product on a deal.
    pub fn put_product(&self, lead: i64, product: i64, quantity: i64) {
        let metadata = json!({ "quantity": quantity, "catalog_id": CATALOGUE });
        self.by_hand(|change| {
            if let Some(lead) = change.account.leads.get_mut(&lead) {
                lead.catalog.push(CatalogLink { id: product, metadata });
            }
        });
    }

    /// A manager's own deal, with its contact and company; gives its id. A contact with the same
    /// phone, written the same way, and a company of the same name are used again.
    pub fn create_lead_by_hand(&self, deal: &HandMadeLead) -> i64 {
        self.by_hand(|change| {
            let contact = (!deal.contact.is_empty() || !deal.phone.is_empty()).then(|| {
                let known = change.account.contacts.values();
                let found = known
                    .filter(|one| !deal.phone.is_empty() && one.phones().contains(&deal.phone))
                    .map(|one| one.id)
                    .next();
                found.unwrap_or_else(|| change.add_person("contacts", &contact_draft(deal)))
            });
            let company = (!deal.company.is_empty()).then(|| {
                let mut known = change.account.companies.values();
                let found = known.find(|one| one.name == deal.company).map(|one| one.id);
                let draft =
                    PersonDraft { name: Some(deal.company.clone()), ..PersonDraft::default() };
                found.unwrap_or_else(|| change.add_person("companies", &draft))
            });
            if let Some(contact) = contact.and_then(|id| change.account.contacts.get_mut(&id)) {
                contact.company_id = company.or(contact.company_id);
            }
            let mut draft = lead_draft(deal);
            draft.contacts = contact.map(|id| (id, true)).into_iter().collect();
            draft.company = company;
            change.add_lead(&draft)
        })
    }
}

fn contact_draft(deal: &HandMadeLead) -> PersonDraft {
    let name = if deal.contact.is_empty() { &deal.phone } else { &deal.contact };
    let mut draft = PersonDraft { name: Some(name.clone()), ..PersonDraft::default() };
    for (field, text) in [(FIELD_PHONE, &deal.phone), (FIELD_EMAIL, &deal.email)] {
        if !text.is_empty() {
            draft.fields.extend(change_of("contacts", field, text).unwrap_or_default());
        }
    }
    draft
}

fn lead_draft(deal: &HandMadeLead) -> LeadDraft {
    let name = match (deal.name.is_empty(), deal.model.is_empty()) {
        (false, _) => Some(deal.name.clone()),
        (true, false) => Some(format!("Станок {}", deal.model)),
        (true, true) => None,
    };
    let known = STATUSES.iter().any(|status| status.id == deal.status_id);
    let mut draft = LeadDraft {
        name,
        price: Some(deal.price),
        status_id: Some(if known { deal.status_id } else { STATUS_IN_WORK }),
        ..LeadDraft::default()
    };
    for (field, text) in [
        (FIELD_SERIAL, &deal.serial),
        (FIELD_MODEL, &deal.model),
        (FIELD_TELEGRAM, &deal.telegram_id),
        (FIELD_CONFIGURATION, &deal.configuration),
        (FIELD_NEXT_MAINTENANCE, &deal.next_maintenance),
    ] {
        if !text.is_empty() {
            draft.fields.extend(change_of("leads", field, text).unwrap_or_default());
        }
    }
    draft
}

fn change_of(entity: &str, field: i64, text: &str) -> Option<FieldChanges> {
    let def = fields_of(entity).iter().find(|def| def.id == field)?;
    if text.trim().is_empty() {
        return Some(vec![(field, None)]);
    }
    Some(vec![(field, Some(vec![typed(def, text)?]))])
}
