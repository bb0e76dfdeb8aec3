//! What the board in the browser calls.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::amocrm::account::Account;
use crate::amocrm::acts::HandMadeLead;
use crate::amocrm::catalogue::FieldDef;
use crate::amocrm::catalogue::{
    CONTACT_FIELDS, FIELD_MODEL, FIELD_SERIAL, LEAD_FIELDS, PIPELINE, STATUS_UNSORTED, STATUSES,
};
use crate::amocrm::core::Amocrm;
use crate::amocrm::data::{Contact, FieldItem, Fields, Lead};
use crate::amocrm::drive;
use crate::amocrm::source::HookSource;
use crate::faults::FaultPlan;
use crate::hooks::HookMode;
use crate::pages::{revisions, script, style};

impl Amocrm {
    /// The board's own service: `state`, `events`, acts, fault switches and the pages. The demo
    /// nests it under `/sandbox/amocrm`.
    pub fn ui_router(&self) -> Router {
        Router::new()
            .route("/", get(async || Html(include_str!("../../pages/board.html"))))
            .route("/board.js", get(async || script(include_str!("../../pages/board.js"))))
            .route("/faults.js", get(async || script(include_str!("../../pages/faults.js"))))
            .route("/board.css", get(async || style(include_str!("../../pages/board.css"))))
            .route("/kit.js", get(async || script(include_str!("../../pages/kit.js"))))
            .route("/files/{uuid}", get(drive::download))
            .route("/state", get(state))
            .route("/events", get(changes))
            .route("/leads", post(new_lead))
            .route("/leads/{id}/move", post(move_lead))
            .route("/leads/{id}/field", post(edit_field))
            .route("/contacts/{id}", post(edit_contact))
            .route("/faults", get(faults).post(set_faults))
            .route("/hooks", post(set_hooks))
            .route("/hooks/source", post(set_hook_source))
            .with_state(self.clone())
    }
}

#[derive(Deserialize)]
struct Move {
    status_id: i64,
}

#[derive(Deserialize)]
struct FieldEdit {
    field_id: i64,
    value: String,
}

#[derive(Deserialize)]
struct ContactEdit {
    name: Option<String>,
    phone: Option<String>,
    email: Option<String>,
}

async fn state(State(amo): State<Amocrm>) -> Json<Value> {
    let plans = amo.faults().plans();
    let mut calls = amo.call_log();
    let recent = calls.split_off(calls.len().saturating_sub(30));
    let (hook_mode, hook_source) = (amo.hook_mode(), amo.hook_source());
    let account = amo.account();
    let leads: Vec<Value> = account.leads.values().map(|lead| card(lead, &account)).collect();
    let stages: Vec<Value> = STATUSES
        .iter()
        .map(|one| {
            json!({"id": one.id, "name": one.name, "color": one.color,
                "shy": one.id == STATUS_UNSORTED})
        })
        .collect();
    let hooks: Vec<Value> = account
        .deliveries
        .iter()
        .rev()
        .take(20)
        .map(|one| {
            json!({"id": one.id, "event": one.event, "attempts": one.attempts,
                "delivered": one.delivered, "at": one.last_at})
        })
        .collect();
    Json(json!({
        "account": {"host": format!("{}.amocrm.ru", amo.options().subdomain)},
        "pipeline": {"id": PIPELINE, "name": "Клиенты ООО"},
        "machine": {"model": FIELD_MODEL, "serial": FIELD_SERIAL},
        "stages": stages,
        "leads": leads,
        "hooks": hooks,
        "hook_mode": hook_mode,
        "hook_source": hook_source,
        "calls": recent,
        "faults": plans
    }))
}

async fn changes(State(amo): State<Amocrm>) -> impl IntoResponse {
    revisions(amo.subscribe())
}

async fn new_lead(State(amo): State<Amocrm>, Json(deal): Json<HandMadeLead>) -> Json<Value> {
    Json(json!({"id": amo.create_lead_by_hand(&deal)}))
}

async fn move_lead(
    State(amo): State<Amocrm>,
    Path(id): Path<i64>,
    Json(target): Json<Move>,
) -> StatusCode {
    done(amo.drag(id, target.status_id))
}

async fn edit_field(
    State(amo): State<Amocrm>,
    Path(id): Path<i64>,
    Json(edit): Json<FieldEdit>,
) -> StatusCode {
    done(amo.edit_lead_field(id, edit.field_id, &edit.value))
}

async fn edit_contact(
    State(amo): State<Amocrm>,
    Path(id): Path<i64>,
    Json(edit): Json<ContactEdit>,
) -> StatusCode {
    let ContactEdit { name, phone, email } = edit;
    done(amo.edit_contact(id, name.as_deref(), phone.as_deref(), email.as_deref()))
}

async fn faults(State(amo): State<Amocrm>) -> Json<Value> {
    Json(json!({"plans": amo.faults().plans(), "fired": amo.faults().fired()}))
}

async fn set_faults(State(amo): State<Amocrm>, Json(plans): Json<Vec<FaultPlan>>) -> StatusCode {
    amo.faults().set(plans);
    amo.touch();
    StatusCode::NO_CONTENT
}

/// How webhooks go out: `usual`, `lost`, `doubled`.
async fn set_hooks(State(amo): State<Amocrm>, Json(mode): Json<HookMode>) -> StatusCode {
    amo.set_hook_mode(mode);
    StatusCode::NO_CONTENT
}

/// How the webhook came to be: `by_hand`, `subscribed`, `nobody`.
async fn set_hook_source(State(amo): State<Amocrm>, Json(source): Json<HookSource>) -> StatusCode {
    amo.set_hook_source(source);
    StatusCode::NO_CONTENT
}

fn done(changed: bool) -> StatusCode {
    if changed { StatusCode::NO_CONTENT } else { StatusCode::UNPROCESSABLE_ENTITY }
}

fn card(lead: &Lead, account: &Account) -> Value {
    let contacts: Vec<Value> =
        lead.contacts.iter().filter_map(|one| account.contacts.get(&one.id)).map(person).collect();
    let company = lead.company_id.and_then(|id| account.companies.get(&id)).map(person);
    let notes =
        account.notes.iter().filter(|one| one.entity == "leads" && one.entity_id == lead.id);
    let notes: Vec<Value> = notes
        .map(|one| json!({"id": one.id, "text": one.text(), "type": one.note_type, "at": one.created_at}))
        .collect();
    let tasks = account.tasks.values().filter(|one| {
        one.entity_id == Some(lead.id) && one.entity_type.as_deref() == Some("leads")
    });
    let files = lead.files.iter().filter_map(|uuid| account.files.get(uuid));
    json!({
        "id": lead.id,
        "name": lead.name,
        "price": lead.price,
        "status_id": lead.status_id,
        "updated_at": lead.updated_at,
        "created_at": lead.created_at,
        "by_robot": lead.created_by == 0,
        "tags": lead.tag_names(),
        "fields": shown_fields(LEAD_FIELDS, &lead.fields),
        "contacts": contacts,
        "company": company,
        "notes": notes,
        "tasks": tasks.map(|one| json!({"id": one.id, "text": one.text,
            "till": one.complete_till, "done": one.is_completed})).collect::<Vec<_>>(),
        "files": files.map(|one| json!({"name": one.name, "size": one.size,
            "uuid": one.uuid})).collect::<Vec<_>>()
    })
}

fn person(one: &Contact) -> Value {
    json!({"id": one.id, "name": one.name, "fields": shown_fields(CONTACT_FIELDS, &one.fields)})
}

fn shown_fields(defs: &[FieldDef], fields: &Fields) -> Vec<Value> {
    let shown = defs.iter().map(|def| {
        let items = fields.get(&def.id).map(Vec::as_slice).unwrap_or_default();
        let values: Vec<&Value> = items.iter().map(|FieldItem { value, .. }| value).collect();
        json!({"id": def.id, "name": def.name, "type": def.kind.name(), "values": values})
    });
    shown.collect()
}
