//! `POST /api/v4/leads/complex`: a lead with its contact and company in one call.

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::amocrm::answer::{FieldError, items, ok};
use crate::amocrm::catalogue::STATUS_UNSORTED;
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

/// `POST /leads/complex`; duplicate control is off, as it is in an account nobody set up.
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

fn resolve(change: &mut Change<'_>, side: &Side, entity: &str) -> Option<i64> {
    match side {
        Side::None => None,
        Side::Known(id) => Some(*id),
        Side::New(draft) => Some(change.add_person(entity, draft)),
    }
}
