//! What people do by hand in the portal.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::bitrix24::catalogue::{
    UF_CONFIGURATION, UF_MODEL, UF_NEXT_MAINTENANCE, UF_SERIAL, UF_TELEGRAM,
};
use crate::bitrix24::change::Change;
use crate::bitrix24::conversion::convert;
use crate::bitrix24::core::Bitrix24;
use crate::bitrix24::schema::Kind;
use crate::bitrix24::values::{Record, kept, list};

/// A deal or lead that a manager types in; empty strings leave a field empty.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct HandMadeDeal {
    /// Title; empty = «Станок {model}».
    pub title: String,
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
    /// Pipeline; 0 = sales.
    pub category: i64,
    /// Stage; empty = the first one.
    pub stage: String,
}

impl Bitrix24 {
    /// A deal typed in by hand, with its contact and company. Answers its id; `None` where the stage
    /// does not exist.
    pub fn create_deal_by_hand(&self, deal: &HandMadeDeal) -> Option<i64> {
        self.by_hand(|change| {
            let company = (!deal.company.is_empty())
                .then(|| change.create(Kind::Company, record(json!({"TITLE": deal.company}))).ok())
                .flatten();
            let contact = (!deal.contact.is_empty() || !deal.phone.is_empty())
                .then(|| person(change, deal, company))
                .flatten();
            let title = match deal.title.as_str() {
                "" => format!("Станок {}", deal.model),
                title => title.to_owned(),
            };
            let mut fields = record(json!({
                "TITLE": title,
                "OPPORTUNITY": deal.price,
                "IS_MANUAL_OPPORTUNITY": "Y",
                "CATEGORY_ID": deal.category,
                "CONTACT_ID": contact,
                "COMPANY_ID": company,
                UF_SERIAL: deal.serial,
                UF_MODEL: deal.model,
                UF_CONFIGURATION: deal.configuration,
                UF_NEXT_MAINTENANCE: deal.next_maintenance,
                UF_TELEGRAM: deal.telegram_id,
                "STAGE_ID": deal.stage
            }));
            let known = change.portal.fields(Kind::Deal);
            fields.retain(|name, value| {
                let field = known.iter().find(|field| field.name == *name);
                let fits = field.filter(|field| field.name != "CONTACT_IDS");
                *value = fits.and_then(|field| kept(field, value)).unwrap_or_default();
                !value.is_null()
            });
            change.create(Kind::Deal, fields).ok()
        })
    }

    /// Drags a deal or lead to a stage. False where it or the stage does not exist.
    pub fn drag(&self, kind: Kind, id: i64, stage: &str) -> bool {
        let Some(field) = kind.stage_field() else {
            return false;
        };
        self.edit_by_hand(kind, id, json!({ field: stage }))
    }

    /// Moves a deal to another pipeline, which is not an update to those who listen.
    pub fn move_to_category(&self, id: i64, category: i64, stage: &str) -> bool {
        self.edit_by_hand(Kind::Deal, id, json!({"CATEGORY_ID": category, "STAGE_ID": stage}))
    }

    /// Types values into fields of an entity, in the form in which they are kept; null clears one.
    /// False where the entity or a stage does not exist.
    pub fn edit_by_hand(&self, kind: Kind, id: i64, fields: Value) -> bool {
        self.by_hand(|change| change.edit(kind, id, record(fields)).is_ok())
    }

    /// Types a text into a field as the page does: a date is `YYYY-MM-DD`, an empty one clears. False
    /// where it does not fit.
    pub fn type_into(&self, kind: Kind, id: i64, field: &str, text: &str) -> bool {
        self.by_hand(|change| {
            let Some(known) = change.field(kind, field).filter(|field| !field.read_only) else {
                return false;
            };
            let Some(value) = kept(&known, &text.into()) else {
                return false;
            };
            change.edit(kind, id, Record::from_iter([(field.to_owned(), value)])).is_ok()
        })
    }

    /// Gives a contact (lead, company) another phone in place of the first one.
    pub fn change_phone(&self, kind: Kind, id: i64, phone: &str) -> bool {
        self.change_multifield(kind, id, "PHONE", phone)
    }

    /// Another phone or e-mail in place of the first one; an empty one takes it away.
    pub(crate) fn change_multifield(&self, kind: Kind, id: i64, field: &str, value: &str) -> bool {
        self.by_hand(|change| {
            let Some(before) = change.portal.record(kind, id).cloned() else {
                return false;
            };
            let mut all = before.get(field).map(list).unwrap_or_default();
            match all.first_mut() {
                Some(_) if value.is_empty() => {
                    all.remove(0);
                }
                Some(first) => first["VALUE"] = value.into(),
                None if value.is_empty() => {}
                None => all.push(multifield(change, field, value)),
            }
            change.edit(kind, id, record(json!({ field: all }))).is_ok()
        })
    }

    /// A lead typed in by hand: its person and phones are its own. Answers its id.
    pub fn create_lead_by_hand(&self, lead: &HandMadeDeal) -> Option<i64> {
        self.by_hand(|change| {
            let (name, last_name) = lead.contact.split_once(' ').unwrap_or((&lead.contact, ""));
            let title = if lead.title.is_empty() { &lead.contact } else { &lead.title };
            let mut fields = record(json!({"TITLE": title, "NAME": name, "LAST_NAME": last_name,
                "COMPANY_TITLE": lead.company, "OPPORTUNITY": lead.price, "SOURCE_ID": "CALL",
                UF_TELEGRAM: lead.telegram_id}));
            fields.retain(|_, value| value.as_str() != Some(""));
            for (field, value) in [("PHONE", &lead.phone), ("EMAIL", &lead.email)] {
                if !value.is_empty() {
                    let one = multifield(change, field, value);
                    fields.insert(field.to_owned(), json!([one]));
                }
            }
            change.create(Kind::Lead, fields).ok()
        })
    }

    /// Deletes an entity.
    pub fn delete_by_hand(&self, kind: Kind, id: i64) -> bool {
        self.by_hand(|change| change.delete(kind, id))
    }

    /// Converts a lead: a contact with its phones, a deal with its sum, source, files and origin that
    /// names the lead. Answers deal and contact.
    pub fn convert(&self, lead: i64) -> Option<(i64, i64)> {
        self.by_hand(|change| convert(change, lead))
    }
}

fn person(change: &mut Change<'_>, deal: &HandMadeDeal, company: Option<i64>) -> Option<i64> {
    let (name, last_name) = deal.contact.split_once(' ').unwrap_or((&deal.contact, ""));
    let mut fields = record(json!({"NAME": name, "LAST_NAME": last_name}));
    if let Some(company) = company {
        fields.insert("COMPANY_ID".to_owned(), company.into());
    }
    for (field, value) in [("PHONE", &deal.phone), ("EMAIL", &deal.email)] {
        if !value.is_empty() {
            let one = multifield(change, field, value);
            fields.insert(field.to_owned(), json!([one]));
        }
    }
    change.create(Kind::Contact, fields).ok()
}

fn multifield(change: &mut Change<'_>, field: &str, value: &str) -> Value {
    let id = change.portal.next("multifield").to_string();
    json!({"ID": id, "VALUE_TYPE": "WORK", "VALUE": value, "TYPE_ID": field})
}

/// Fields written as JSON.
pub(crate) fn record(fields: Value) -> Record {
    match fields {
        Value::Object(fields) => fields,
        _ => Record::new(),
    }
}
