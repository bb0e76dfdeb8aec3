//! `/api/v4/leads`.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::amocrm::answer::{
    FieldError, Params, Refusal, empty, invalid, items, object, ok, problem, request_id,
};
use crate::amocrm::core::Amocrm;
use crate::amocrm::drafts::{LeadDraft, Reader};
use crate::amocrm::listing::{self, Row};
use crate::amocrm::shapes;

const EMBEDDED: &[&str] = &["tags", "contacts", "companies", "source"];

/// `POST /leads`.
pub(crate) async fn create(State(amo): State<Amocrm>, body: Bytes) -> Response {
    let items = match items(&body, 250) {
        Ok(items) => items,
        Err(refusal) => return *refusal,
    };
    amo.by_api(|change| {
        let drafts = read_all(&items, |item| {
            let mut reader = Reader::new(change.account);
            (reader.lead(item, EMBEDDED), reader.errors)
        });
        let drafts = match drafts {
            Ok(drafts) => drafts,
            Err(refusal) => return *refusal,
        };
        let made = drafts.iter().map(|(request, draft)| {
            let id = change.add_lead(draft);
            json!({"id": id, "request_id": request,
                "_links": shapes::links(amo.base(), &format!("leads/{id}"))})
        });
        let made: Vec<Value> = made.collect();
        ok(&json!({"_links": shapes::links(amo.base(), "leads"), "_embedded": {"leads": made}}))
    })
}

/// `PATCH /leads`.
pub(crate) async fn edit_many(State(amo): State<Amocrm>, body: Bytes) -> Response {
    let items = match items(&body, 250) {
        Ok(items) => items,
        Err(refusal) => return *refusal,
    };
    amo.by_api(|change| {
        let drafts = read_all(&items, |item| {
            let mut reader = Reader::new(change.account);
            let draft = reader.lead(item, &["tags"]);
            let id = item.get("id").and_then(Value::as_i64).unwrap_or_default();
            if !reader.account.leads.contains_key(&id) {
                reader.errors.push(FieldError::choice("id"));
            }
            ((id, draft), reader.errors)
        });
        let drafts = match drafts {
            Ok(drafts) => drafts,
            Err(refusal) => return *refusal,
        };
        let mut edited = Vec::new();
        for (_, (id, draft)) in &drafts {
            change.edit_lead(*id, draft);
            edited.push(json!({"id": id, "updated_at": change.seconds(),
                "_links": shapes::links(amo.base(), &format!("leads/{id}"))}));
        }
        ok(&json!({"_links": shapes::links(amo.base(), "leads"), "_embedded": {"leads": edited}}))
    })
}

/// `PATCH /leads/{id}`.
pub(crate) async fn edit_one(
    State(amo): State<Amocrm>,
    Path(id): Path<i64>,
    body: Bytes,
) -> Response {
    let item = match object(&body) {
        Ok(item) => item,
        Err(refusal) => return *refusal,
    };
    amo.by_api(|change| {
        let mut reader = Reader::new(change.account);
        let draft: LeadDraft = reader.lead(&item, &["tags"]);
        let errors = reader.errors;
        if !errors.is_empty() {
            return invalid(&[("0".to_owned(), errors)]);
        }
        if !change.edit_lead(id, &draft) {
            return problem(StatusCode::NOT_FOUND, "Entity not found");
        }
        ok(&json!({"id": id, "updated_at": change.seconds(),
            "_links": shapes::links(amo.base(), &format!("leads/{id}"))}))
    })
}

/// `GET /leads/{id}`.
pub(crate) async fn one(
    State(amo): State<Amocrm>,
    Path(id): Path<i64>,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::parse(query.as_deref());
    let account = amo.account();
    match account.leads.get(&id) {
        Some(lead) => ok(&shapes::lead(lead, &account, amo.options(), &params)),
        None => empty(StatusCode::NO_CONTENT),
    }
}

/// `GET /leads`.
pub(crate) async fn list(State(amo): State<Amocrm>, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.as_deref());
    let account = amo.account();
    let now = amo.now();
    let mut rows = Vec::new();
    for lead in account.leads.values() {
        let row = Row {
            id: lead.id,
            name: &lead.name,
            fields: &lead.fields,
            created_at: lead.created_at,
            updated_at: lead.updated_at,
            found_from: lead.found_from,
            stage: Some((lead.pipeline_id, lead.status_id)),
        };
        if listing::keeps(&row, &params, now, amo.has_filters()) {
            rows.push((row, shapes::lead(lead, &account, amo.options(), &params)));
        }
    }
    listing::sort(&mut rows, &params);
    let shown: Vec<Value> = rows.into_iter().map(|(_, shown)| shown).collect();
    params.page(&shown, "leads", &format!("{}/api/v4/leads", amo.base()), 250)
}

/// Reads every item of a batch; one bad item refuses the whole batch.
pub(crate) fn read_all<T>(
    items: &[Map<String, Value>],
    mut read: impl FnMut(&Map<String, Value>) -> (T, Vec<FieldError>),
) -> Result<Vec<(String, T)>, Refusal> {
    let mut drafts = Vec::new();
    let mut complaints = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let (draft, errors) = read(item);
        let request = request_id(item, index);
        complaints.push((request.clone(), errors));
        drafts.push((request, draft));
    }
    if complaints.iter().any(|(_, errors)| !errors.is_empty()) {
        return Err(Box::new(invalid(&complaints)));
    }
    Ok(drafts)
}
