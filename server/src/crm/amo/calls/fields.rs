//! Fields of contacts and deals: phones that match, lists that lose nothing, values as amoCRM takes
//! them.

use chrono::{NaiveDate, NaiveTime, TimeZone as _};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::crm::amo::wire::{Contact, FieldValue, FieldValues};
pub use crate::crm::same::{last_ten, same_email, same_phone};

/// Code of the phone field.
pub const PHONE: &str = "PHONE";

/// Code of the e-mail field.
pub const EMAIL: &str = "EMAIL";

/// A `text` field refuses more characters than this.
pub(crate) const TEXT_LIMIT: usize = 256;

/// A field as it is written. It replaces whatever the field held.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldWrite {
    /// The field and what it says afterwards, for the ledger; `None` for lists of a contact.
    said: Option<(i64, String)>,
    body: Value,
}

impl FieldWrite {
    /// A text field, cut to the 256 characters that amoCRM takes, with «…» where it is. Numbers are
    /// texts too.
    #[must_use]
    pub fn text(field_id: i64, text: &str) -> Self {
        let text = shortened(text);
        let body = json!({ "field_id": field_id, "values": [{ "value": text }] });
        Self { said: Some((field_id, text.trim().to_owned())), body }
    }

    /// A date field: midnight of the account's zone.
    #[must_use]
    pub fn date(field_id: i64, day: NaiveDate, zone: Tz) -> Self {
        // Where a clock change skips midnight, the first moment after it is still that day.
        let first = |hour| zone.from_local_datetime(&day.and_time(hour)).earliest();
        let one = NaiveTime::from_hms_opt(1, 0, 0).unwrap_or_default();
        let value = match first(NaiveTime::MIN).or_else(|| first(one)) {
            Some(time) => time.to_rfc3339(),
            None => day.to_string(),
        };
        let body = json!({ "field_id": field_id, "values": [{ "value": value }] });
        Self { said: Some((field_id, day.to_string())), body }
    }

    /// Empties a field.
    #[must_use]
    pub fn clear(field_id: i64) -> Self {
        let body = json!({ "field_id": field_id, "values": null });
        Self { said: Some((field_id, String::new())), body }
    }

    /// One value of a list field of contacts, for a contact that has none yet.
    #[must_use]
    pub fn first(field_code: &str, value: &str, enum_code: &str) -> Self {
        let value = json!({ "value": value, "enum_code": enum_code });
        Self { said: None, body: json!({ "field_code": field_code, "values": [value] }) }
    }

    /// Adds a value to a list field, keeping what stands there: a write replaces the whole list.
    /// `None` where `same` finds the value already.
    #[must_use]
    pub fn added(
        contact: &Contact,
        field_code: &str,
        (value, enum_code): (&str, &str),
        same: impl Fn(&str, &str) -> bool,
    ) -> Option<Self> {
        let known = |field: &&FieldValue| field.text().is_some_and(|text| same(&text, value));
        if values_of(&contact.fields, field_code).any(|field| known(&field)) {
            return None;
        }
        let kept = values_of(&contact.fields, field_code).map(rewritten);
        let added = json!({ "value": value, "enum_code": enum_code });
        let values: Vec<Value> = kept.chain([added]).collect();
        Some(Self { said: None, body: json!({ "field_code": field_code, "values": values }) })
    }

    /// The field of a deal and what it says afterwards: a text, or a day as `YYYY-MM-DD`.
    pub(crate) fn said(&self) -> Option<(i64, &str)> {
        self.said.as_ref().map(|(field, said)| (*field, said.as_str()))
    }

    pub(crate) fn into_json(self) -> Value {
        self.body
    }
}

/// At most the 256 characters that names and text fields hold; what is cut ends with «…».
#[must_use]
pub fn shortened(text: &str) -> String {
    if text.chars().count() <= TEXT_LIMIT {
        return text.to_owned();
    }
    let kept: String = text.chars().take(TEXT_LIMIT - 1).collect();
    format!("{}…", kept.trim_end())
}

/// Whether the contact really has this phone. The search is over all text of a contact, so a hit
/// alone may be a stranger whose name holds the digits.
#[must_use]
pub fn has_phone(contact: &Contact, phone: &str) -> bool {
    phones(contact).iter().any(|own| same_phone(own, phone))
}

/// Whether the contact really has this e-mail.
#[must_use]
pub fn has_email(contact: &Contact, email: &str) -> bool {
    emails(contact).iter().any(|own| same_email(own, email))
}

/// Every phone of a contact, as written there.
#[must_use]
pub fn phones(contact: &Contact) -> Vec<String> {
    values_of(&contact.fields, PHONE).filter_map(FieldValue::text).collect()
}

/// Every e-mail of a contact, as written there.
#[must_use]
pub fn emails(contact: &Contact) -> Vec<String> {
    values_of(&contact.fields, EMAIL).filter_map(FieldValue::text).collect()
}

fn values_of<'a>(fields: &'a [FieldValues], code: &'a str) -> impl Iterator<Item = &'a FieldValue> {
    let of_code = move |field: &&FieldValues| field.field_code.as_deref() == Some(code);
    fields.iter().filter(of_code).flat_map(|field| &field.values)
}

/// A value read before, in the form for writing: the older key `enum` is refused there.
fn rewritten(field: &FieldValue) -> Value {
    match (field.enum_id, field.code()) {
        (Some(id), _) => json!({ "value": field.value, "enum_id": id }),
        (None, Some(code)) => json!({ "value": field.value, "enum_code": code }),
        (None, None) => json!({ "value": field.value }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anna() -> Contact {
        let text = include_str!("../../../../../tests/fixtures/amocrm/contact_get.json");
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn phones_match_however_they_are_written() {
        assert!(has_phone(&anna(), "89990000009"));
        assert_eq!(emails(&anna()), ["anna@example.com"]);
    }

    #[test]
    fn adding_a_phone_keeps_the_others() {
        let write = FieldWrite::added(&anna(), PHONE, ("+79000000003", "MOB"), same_phone);
        let values = &write.unwrap().into_json()["values"];
        assert_eq!(
            *values,
            json!([
                { "value": "+79990000001", "enum_id": 410_205 },
                { "value": "8 (999) 000-00-09", "enum_id": 410_203 },
                { "value": "+79000000003", "enum_code": "MOB" },
            ])
        );
        assert_eq!(FieldWrite::added(&anna(), PHONE, ("89990000001", "MOB"), same_phone), None);
    }

    #[test]
    fn dates_are_midnight_of_the_account() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let value = FieldWrite::date(712_640, day, chrono_tz::Europe::Moscow).into_json();
        assert_eq!(value["values"][0]["value"], "2026-01-01T00:00:00+03:00");
    }

    #[test]
    fn texts_are_cut_by_characters() {
        let value = FieldWrite::text(1, &"ж".repeat(300)).into_json();
        let cut = value["values"][0]["value"].as_str().unwrap().to_owned();
        assert_eq!(cut.chars().count(), 256);
        assert!(cut.ends_with("ж…"), "{cut}");
        assert_eq!(shortened(&"ж".repeat(256)), "ж".repeat(256));
    }
}
