//! `POST /api/v4/leads/complex`: a lead with its contact and company in one call.

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::amocrm::answer::{FieldError, items, ok};
use crate::amocrm::catalogue::{FIELD_PHONE, STATUS_UNSORTED};
use crate::amocrm::change::Change;
use crate::amocrm::core::Amocrm;
use crate::amocrm::drafts::{LeadDraft, PersonDraft, Reader};
use crate::amocrm::leads::read_all;

const EMBEDDED: &[&str] = &["tags", "contacts", "companies", "source", "metadata"];

/// A contact or company of a complex lead.
enum Side {
    None,
    Known(i64),
    New(Box<PersonDraft>),
}

struct ComplexDraft {
    lead: LeadDraft,
    contact: Side,
    company: Side,
}

/// `POST /leads/complex`. Only here the control of duplicates has a say, once it is switched on.
pub(crate) async fn create(State(amo): State<Amocrm>, body: Bytes) -> Response {
    let items = match items(&body, 50) {
        Ok(items) => items,
        Err(refusal) => return *refusal,
    };
    amo.by_api(|change| {
        let drafts = read_all(&items, |item| {
            let mut reader = Reader::new(change.account);
            (read(&mut reader, item), reader.errors)
        });
        match drafts {
            Ok(drafts) => {
                let made = drafts.iter().map(|(request, draft)| make(change, request, draft));
                ok(&Value::Array(made.collect()))
            }
            Err(refusal) => *refusal,
        }
    })
}

fn read(reader: &mut Reader<'_>, item: &Map<String, Value>) -> ComplexDraft {
    let mut lead = reader.lead(item, EMBEDDED);
    let inner = item.get("_embedded").and_then(Value::as_object);
    if inner.is_some_and(|inner| inner.contains_key("metadata")) {
        lead.status_id = Some(STATUS_UNSORTED);
    }
    // Both sides are read here, whole models included.
    lead.contacts.clear();
    lead.company = None;
    ComplexDraft {
        lead,
        contact: side(reader, inner, "contacts"),
        company: side(reader, inner, "companies"),
    }
}

fn side(reader: &mut Reader<'_>, inner: Option<&Map<String, Value>>, entity: &str) -> Side {
    let list = inner.and_then(|inner| inner.get(entity)).and_then(Value::as_array);
    let Some(list) = list else {
        return Side::None;
    };
    if list.len() > 1 {
        reader.errors.push(FieldError::unexpected(format!("_embedded.{entity}.1")));
    }
    let Some(item) = list.first().and_then(Value::as_object) else {
        return Side::None;
    };
    let mut item = item.clone();
    item.remove("is_main");
    match item.get("id").and_then(Value::as_i64) {
        Some(id) => Side::Known(id),
        None => {
            let path = format!("_embedded.{entity}.0.");
            Side::New(Box::new(reader.person(&item, entity, &path)))
        }
    }
}

fn make(change: &mut Change<'_>, request: &str, draft: &ComplexDraft) -> Value {
    if let Some((lead, contact)) = duplicate(change, draft) {
        // Duplicates are filled up, so the tags join those that are there.
        let mut merged = draft.lead.clone();
        let tags = merged.tags.set.take().unwrap_or_default();
        merged.tags.add.extend(tags);
        change.edit_lead(lead, &merged);
        let company = change.account.leads.get(&lead).and_then(|lead| lead.company_id);
        return json!({
            "id": lead,
            "contact_id": contact,
            "company_id": company,
            "request_id": [request],
            "merged": true
        });
    }
    let contact = resolve(change, &draft.contact, "contacts");
    let company = resolve(change, &draft.company, "companies");
    if let (Some(contact), Some(company)) = (contact, company)
        && matches!((&draft.contact, &draft.company), (Side::New(_), _) | (_, Side::New(_)))
        && let Some(contact) = change.account.contacts.get_mut(&contact)
    {
        contact.company_id = Some(company);
    }
    let mut lead = draft.lead.clone();
    lead.contacts = contact.map(|id| (id, true)).into_iter().collect();
    lead.company = company;
    let id = change.add_lead(&lead);
    json!({
        "id": id,
        "contact_id": contact,
        "company_id": company,
        "request_id": [request],
        "merged": false
    })
}

/// The open lead, and its main contact, that the control of duplicates takes this one for: by phone,
/// and by an existing contact that is the main one.
fn duplicate(change: &mut Change<'_>, draft: &ComplexDraft) -> Option<(i64, i64)> {
    if !change.account.duplicate_control {
        return None;
    }
    let contact = match &draft.contact {
        Side::None => return None,
        Side::Known(id) => *id,
        Side::New(person) => {
            let sent = person.fields.iter().find(|(field, _)| *field == FIELD_PHONE);
            let sent: Vec<String> = sent
                .and_then(|(_, values)| values.as_ref())
                .map(|values| values.iter().filter_map(|one| digits(one.value.as_str()?)).collect())
                .unwrap_or_default();
            let known = change.account.contacts.values();
            let same = |phone: &String| digits(phone).is_some_and(|phone| sent.contains(&phone));
            known.filter(|one| one.phones().iter().any(same)).map(|one| one.id).next()?
        }
    };
    let open = change.account.leads.values().filter(|lead| lead.closed_at.is_none());
    let of = open.filter(|lead| lead.main_contact() == Some(contact)).map(|lead| lead.id);
    of.min().map(|lead| (lead, contact))
}

/// A phone in its international form.
fn digits(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let start = digits.len().checked_sub(10)?;
    Some(digits[start..].to_owned())
}

fn resolve(change: &mut Change<'_>, side: &Side, entity: &str) -> Option<i64> {
    match side {
        Side::None => None,
        Side::Known(id) => Some(*id),
        Side::New(draft) => Some(change.add_person(entity, draft)),
    }
}
