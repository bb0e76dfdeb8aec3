//! `/api/v4/contacts` and `/api/v4/companies`, which differ in little.

use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::amocrm::answer::{FieldError, Params, empty, invalid, items, object, ok, problem};
use crate::amocrm::catalogue::{FIELD_INN, fields_of};
use crate::amocrm::core::Amocrm;
use crate::amocrm::drafts::{PersonDraft, Reader};
use crate::amocrm::fields::typed;
use crate::amocrm::leads::read_all;
use crate::amocrm::listing::{self, Row};
use crate::amocrm::shapes;

impl Amocrm {
    /// A company as a manager types it in, with an INN unless that is empty; its id.
    pub fn create_company_by_hand(&self, name: &str, inn: &str) -> i64 {
        let field = fields_of("companies").iter().find(|def| def.id == FIELD_INN);
        let inn = field.and_then(|def| typed(def, inn));
        let draft = PersonDraft {
            name: Some(name.to_owned()),
            fields: inn.into_iter().map(|item| (FIELD_INN, Some(vec![item]))).collect(),
            ..PersonDraft::default()
        };
        self.by_hand(|change| change.add_person("companies", &draft))
    }

    /// Deletes a contact, as merging it into another one does.
    pub fn delete_contact(&self, id: i64) {
        self.by_hand(|change| change.account.contacts.remove(&id));
    }
}

/// `POST /{entity}`.
pub(crate) fn create(amo: &Amocrm, entity: &'static str, body: &Bytes) -> Response {
    let items = match items(body, 250) {
        Ok(items) => items,
        Err(refusal) => return *refusal,
    };
    amo.by_api(|change| {
        let drafts = read_all(&items, |item| {
            let mut reader = Reader::new(change.account);
            (reader.person(item, entity, ""), reader.errors)
        });
        let drafts = match drafts {
            Ok(drafts) => drafts,
            Err(refusal) => return *refusal,
        };
        let made = drafts.iter().map(|(request, draft)| {
            let id = change.add_person(entity, draft);
            json!({"id": id, "request_id": request,
                "_links": shapes::links(amo.base(), &format!("{entity}/{id}"))})
        });
        let made: Vec<Value> = made.collect();
        ok(&json!({"_links": shapes::links(amo.base(), entity), "_embedded": {entity: made}}))
    })
}

/// `PATCH /{entity}`.
pub(crate) fn edit_many(amo: &Amocrm, entity: &'static str, body: &Bytes) -> Response {
    let items = match items(body, 250) {
        Ok(items) => items,
        Err(refusal) => return *refusal,
    };
    amo.by_api(|change| {
        let drafts = read_all(&items, |item| {
            let id = item.get("id").and_then(Value::as_i64).unwrap_or_default();
            let missing = !change.people(entity).contains_key(&id);
            let mut reader = Reader::new(change.account);
            let draft = reader.person(item, entity, "");
            if missing {
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
            change.edit_person(entity, *id, draft);
            edited.push(json!({"id": id, "updated_at": change.seconds(),
                "_links": shapes::links(amo.base(), &format!("{entity}/{id}"))}));
        }
        ok(&json!({"_links": shapes::links(amo.base(), entity), "_embedded": {entity: edited}}))
    })
}

/// `PATCH /{entity}/{id}`.
pub(crate) fn edit_one(amo: &Amocrm, entity: &'static str, id: i64, body: &Bytes) -> Response {
    let item = match object(body) {
        Ok(item) => item,
        Err(refusal) => return *refusal,
    };
    amo.by_api(|change| {
        let mut reader = Reader::new(change.account);
        let draft = reader.person(&item, entity, "");
        let errors = reader.errors;
        if !errors.is_empty() {
            return invalid(&[("0".to_owned(), errors)]);
        }
        if !change.edit_person(entity, id, &draft) {
            return problem(StatusCode::NOT_FOUND, "Entity not found");
        }
        ok(&json!({"id": id, "updated_at": change.seconds(),
            "_links": shapes::links(amo.base(), &format!("{entity}/{id}"))}))
    })
}

/// `GET /{entity}/{id}`.
pub(crate) fn one(amo: &Amocrm, entity: &'static str, id: i64, query: Option<&str>) -> Response {
    let params = Params::parse(query);
    let account = amo.account();
    let people = if entity == "companies" { &account.companies } else { &account.contacts };
    match people.get(&id) {
        Some(person) => ok(&shapes::person(person, entity, &account, amo.options(), &params)),
        None => empty(StatusCode::NO_CONTENT),
    }
}

/// `GET /{entity}`.
pub(crate) fn list(amo: &Amocrm, entity: &'static str, query: Option<&str>) -> Response {
    let params = Params::parse(query);
    let account = amo.account();
    let now = amo.now();
    let people = if entity == "companies" { &account.companies } else { &account.contacts };
    let mut rows = Vec::new();
    for person in people.values() {
        let row = Row {
            id: person.id,
            name: &person.name,
            fields: &person.fields,
            created_at: person.created_at,
            updated_at: person.updated_at,
            found_from: person.found_from,
            stage: None,
        };
        if listing::keeps(&row, &params, now, amo.has_filters()) {
            rows.push((row, shapes::person(person, entity, &account, amo.options(), &params)));
        }
    }
    listing::sort(&mut rows, &params);
    let shown: Vec<Value> = rows.into_iter().map(|(_, shown)| shown).collect();
    params.page(&shown, entity, &format!("{}/api/v4/{entity}", amo.base()), 250)
}
