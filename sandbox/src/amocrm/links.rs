//! `/api/v4/{leads|contacts}/{id}/link`, `unlink`, `links`.

use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::amocrm::account::Account;
use crate::amocrm::answer::{FieldError, empty, items, ok, problem};
use crate::amocrm::change::link_contact;
use crate::amocrm::core::Amocrm;
use crate::amocrm::data::CatalogLink;
use crate::amocrm::drafts::Reader;
use crate::amocrm::leads::read_all;
use crate::amocrm::notes::exists;
use crate::amocrm::shapes;

struct LinkDraft {
    kind: String,
    id: i64,
    metadata: Value,
}

/// `POST …/link` (`on`) and `…/unlink`.
pub(crate) fn change(
    amo: &Amocrm,
    entity: &'static str,
    id: i64,
    body: &Bytes,
    on: bool,
) -> Response {
    let items = match items(body, 250) {
        Ok(items) => items,
        Err(refusal) => return *refusal,
    };
    amo.by_api(|change| {
        if !exists(change.account, entity, id) {
            return problem(StatusCode::NOT_FOUND, "Entity not found");
        }
        let drafts = read_all(&items, |item| {
            let mut reader = Reader::new(change.account);
            let kind = reader.string(item, "to_entity_type", "").unwrap_or_default();
            let to = reader.int(item, "to_entity_id", "").unwrap_or_default();
            let known = match kind.as_str() {
                "contacts" | "companies" => exists(reader.account, &kind, to),
                "catalog_elements" => reader.account.elements.contains_key(&to),
                _ => false,
            };
            if !known {
                reader.errors.push(FieldError::choice("to_entity_id"));
            }
            let metadata = item.get("metadata").cloned().unwrap_or(Value::Null);
            (LinkDraft { kind, id: to, metadata }, reader.errors)
        });
        let drafts = match drafts {
            Ok(drafts) => drafts,
            Err(refusal) => return *refusal,
        };
        for (_, draft) in &drafts {
            put(change.account, entity, id, draft, on);
        }
        if on { shown(amo, change.account, entity, id) } else { empty(StatusCode::NO_CONTENT) }
    })
}

/// `GET …/links`.
pub(crate) fn list(amo: &Amocrm, entity: &'static str, id: i64) -> Response {
    shown(amo, &amo.account(), entity, id)
}

fn put(account: &mut Account, entity: &str, id: i64, draft: &LinkDraft, on: bool) {
    if entity == "contacts" {
        if let Some(contact) = account.contacts.get_mut(&id) {
            contact.company_id = on.then_some(draft.id);
        }
        return;
    }
    let Some(lead) = account.leads.get_mut(&id) else {
        return;
    };
    match (draft.kind.as_str(), on) {
        ("contacts", true) => {
            let main = draft.metadata.get("is_main").and_then(Value::as_bool).unwrap_or_default();
            link_contact(lead, draft.id, main);
        }
        ("contacts", false) => lead.contacts.retain(|contact| contact.id != draft.id),
        ("companies", _) => lead.company_id = on.then_some(draft.id),
        (_, true) => {
            lead.catalog.retain(|link| link.id != draft.id);
            lead.catalog.push(CatalogLink { id: draft.id, metadata: draft.metadata.clone() });
        }
        (_, false) => lead.catalog.retain(|link| link.id != draft.id),
    }
}

fn shown(amo: &Amocrm, account: &Account, entity: &str, id: i64) -> Response {
    let link = |kind: &str, to: i64, metadata: Value| {
        json!({"entity_id": id, "entity_type": entity, "to_entity_id": to,
            "to_entity_type": kind, "metadata": metadata})
    };
    let mut links = Vec::new();
    if let Some(lead) = account.leads.get(&id).filter(|_| entity == "leads") {
        let elements = lead.catalog.iter();
        links.extend(elements.map(|one| link("catalog_elements", one.id, one.metadata.clone())));
        let contacts = lead.contacts.iter();
        links.extend(
            contacts.map(|one| link("contacts", one.id, json!({"main_contact": one.is_main}))),
        );
        links.extend(lead.company_id.map(|to| link("companies", to, Value::Null)));
    }
    if let Some(contact) = account.contacts.get(&id).filter(|_| entity == "contacts") {
        links.extend(contact.company_id.map(|to| link("companies", to, Value::Null)));
    }
    let path = format!("{entity}/{id}/links");
    ok(&json!({
        "_total_items": links.len(),
        "_links": shapes::links(amo.base(), &path),
        "_embedded": {"links": links}
    }))
}
