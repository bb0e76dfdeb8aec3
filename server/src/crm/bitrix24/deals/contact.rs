//! Contacts: found by what is really theirs, topped up with what they lack.

use domain::text::Phone;
use serde_json::{Map, Value, json};

use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::compose::{ORIGINATOR, multi};
use crate::crm::bitrix24::deals::items::{Item, Kind};
use crate::crm::bitrix24::inbound::read::person;
use crate::crm::failure::reading;
use crate::crm::hear::facets::{EMAIL, of_phones};
use crate::crm::same::{last_ten, same_email, same_phone};
use crate::crm::tell::person::Who;
use crate::worker::policy::Failure;

impl BitrixAccount<'_> {
    /// A contact of this person: one that we made, else by phone, else by e-mail, else by Telegram
    /// id; the oldest of several.
    pub(super) async fn search_contact(&self, who: &Who) -> Result<Option<Item>, Failure> {
        let ours = json!({ "=originatorId": ORIGINATOR, "=originId": who.entity });
        if let Some(contact) = self.oldest_contact(ours).await? {
            return Ok(Some(contact));
        }
        if let Some(phone) = &who.phone {
            let real = |item: &Item| item.multi("PHONE").iter().any(|it| same_phone(it, phone));
            if let Some(contact) = self.by_comm("PHONE", &spellings(phone), real).await? {
                return Ok(Some(contact));
            }
        }
        if let Some(email) = &who.email {
            let real = |item: &Item| item.multi("EMAIL").iter().any(|it| same_email(it, email));
            let values = [email.clone()];
            if let Some(contact) = self.by_comm("EMAIL", &values, real).await? {
                return Ok(Some(contact));
            }
        }
        let field = self.bitrix.config.field("contact_telegram_id");
        let (Some(field), Some(telegram)) = (field, who.telegram_id) else { return Ok(None) };
        let telegram = telegram.to_string();
        let filter = Map::from_iter([(format!("={field}"), Value::from(telegram.as_str()))]);
        let found = self.oldest_contact(filter.into()).await?;
        // A filter by a field that is not there is ignored: the hit must say so itself.
        Ok(found.filter(|contact| contact.text(field).as_deref() == Some(&*telegram)))
    }

    async fn oldest_contact(&self, filter: Value) -> Result<Option<Item>, Failure> {
        let found = self.calls.items(Kind::Contact, filter).await.map_err(reading)?;
        Ok(found.into_iter().min_by_key(Item::id))
    }

    /// The oldest contact that really has one of the values.
    async fn by_comm(
        &self,
        kind: &str,
        values: &[String],
        real: impl Fn(&Item) -> bool,
    ) -> Result<Option<Item>, Failure> {
        let params = json!({ "type": kind, "values": values, "entity_type": "CONTACT" });
        let answer: Value =
            self.calls.call("crm.duplicate.findbycomm", &params).await.map_err(reading)?;
        // Nothing found is an empty list, not an empty object.
        let Some(ids) = answer.get("CONTACT").filter(|ids| ids.is_array()) else { return Ok(None) };
        let found = self.calls.items(Kind::Contact, json!({ "@id": ids })).await;
        let found = found.map_err(reading)?;
        Ok(found.into_iter().filter(|contact| real(contact)).min_by_key(Item::id))
    }

    /// Adds what the contact lacks. A refusal is the portal's own rule about contacts, and no reason
    /// to hold an order back.
    pub(super) async fn add_missing(&self, contact: &Item, who: &Who) -> Result<(), Failure> {
        let phones = contact.multi("PHONE");
        let phone = who.phone.as_deref().filter(|new| !phones.iter().any(|it| same_phone(it, new)));
        let emails = contact.multi("EMAIL");
        let email = who.email.as_deref().filter(|new| !emails.iter().any(|it| same_email(it, new)));
        let added = [
            phone.map(|phone| ("n0", multi("PHONE", "MOBILE", phone))),
            email.map(|email| ("n1", multi("EMAIL", "WORK", email))),
        ];
        // Keys that are no ids add; what is not named stays.
        let fm: Map<String, Value> =
            added.into_iter().flatten().map(|(key, value)| (key.to_owned(), value)).collect();
        if fm.is_empty() {
            return Ok(());
        }
        let there = person(contact);
        let mut says = Vec::new();
        if let Some(own) = phone {
            let phones = there.phones.iter().cloned().chain(Phone::parse(own));
            says.push(of_phones(&phones.collect::<Vec<_>>()));
        }
        if let (Some(own), None) = (email, &there.email) {
            says.push((EMAIL.to_owned(), own.to_owned()));
        }
        let fields = Map::from_iter([("fm".to_owned(), Value::Object(fm))]);
        match self.change(Kind::Contact, contact.id(), fields, &says).await {
            Err(Failure::Rejected { why }) => {
                tracing::warn!(contact = contact.id(), why, "a contact keeps the phones it has");
                Ok(())
            }
            other => other,
        }
    }
}

/// How people write the same phone: whether the portal finds `8…` by `+7…` is not documented.
fn spellings(phone: &str) -> Vec<String> {
    let mut all = vec![phone.to_owned(), phone.trim_start_matches('+').to_owned()];
    if phone.starts_with("+7")
        && let Some(ten) = last_ten(phone)
    {
        all.push(format!("8{ten}"));
        all.push(ten);
    }
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_looked_for_as_people_write_it() {
        let all = ["+79001112233", "79001112233", "89001112233", "9001112233"];
        assert_eq!(spellings("+79001112233"), all);
        assert_eq!(spellings("+375291112233"), ["+375291112233", "375291112233"]);
    }
}
