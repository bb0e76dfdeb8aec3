//! What the boards in the browser call. Their pages are those of amoCRM's board: the answers have
//! the same shape, for leads and for each pipeline of deals.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bitrix24::acts::HandMadeDeal;
use crate::bitrix24::card::{card, host};
use crate::bitrix24::catalogue::{UF_MODEL, UF_SERIAL};
use crate::bitrix24::core::{Bitrix24, Call};
use crate::bitrix24::portal::{EventDelivery, Portal};
use crate::bitrix24::schema::Kind;
use crate::bitrix24::stages::stage_list;
use crate::bitrix24::values::{decimal, int};
use crate::bitrix24::{downloads, ui_tasks};
use crate::faults::FaultPlan;
use crate::hooks::HookMode;
use crate::pages::{revisions, script, style};

impl Bitrix24 {
    /// The boards' own service: `boards/leads/…`, `boards/0/…` (a pipeline of deals), the console of
    /// events, fault switches and the pages. The demo nests it under `/sandbox/bitrix24`.
    pub fn ui_router(&self) -> Router {
        let board = Router::new()
            .route("/state", get(state))
            .route("/leads", post(new_deal))
            .route("/leads/{id}/move", post(move_card))
            .route("/leads/{id}/field", post(edit_field))
            .route("/leads/{id}/acts/{act}", post(act))
            .route("/contacts/{id}", post(edit_contact))
            .route("/files/{id}", get(file))
            .route("/events", get(changes));
        Router::new()
            .route("/", get(async || Html(include_str!("../../pages/bitrix24.html"))))
            .route("/bitrix24.js", get(async || script(include_str!("../../pages/bitrix24.js"))))
            .route("/board.js", get(async || script(include_str!("../../pages/board.js"))))
            .route(
                "/bitrix24-tasks.js",
                get(async || script(include_str!("../../pages/bitrix24-tasks.js"))),
            )
            .route("/faults.js", get(async || script(include_str!("../../pages/faults.js"))))
            .route("/board.css", get(async || style(include_str!("../../pages/board.css"))))
            .route("/kit.js", get(async || script(include_str!("../../pages/kit.js"))))
            .nest("/boards/{board}", board)
            .merge(ui_tasks::router())
            .route("/boards", get(boards))
            .route("/console", get(console).post(add_webhook))
            .route("/events", get(changes))
            .route("/faults", get(faults).post(set_faults))
            .route("/hooks", post(set_hooks))
            .with_state(self.clone())
    }
}

/// What a board shows: `leads`, or the id of a pipeline of deals.
fn board_of(name: &str) -> Option<(Kind, i64)> {
    match name {
        "leads" => Some((Kind::Lead, 0)),
        id => id.parse().ok().map(|id| (Kind::Deal, id)),
    }
}

#[derive(Deserialize)]
struct Move {
    status_id: String,
}

#[derive(Deserialize)]
struct FieldEdit {
    field_id: String,
    value: String,
}

#[derive(Deserialize)]
struct ContactEdit {
    name: Option<String>,
    phone: Option<String>,
    email: Option<String>,
}

#[derive(Deserialize)]
struct NewWebhook {
    url: String,
    events: Vec<String>,
}

async fn boards(State(bitrix): State<Bitrix24>) -> Json<Value> {
    let portal = bitrix.portal();
    let deals = portal.categories.iter().map(|one| {
        let name = if one.id == 0 {
            "Сделки".to_owned()
        } else {
            format!("Сделки: {}", one.name)
        };
        json!({"key": one.id.to_string(), "name": name})
    });
    let leads = json!({"key": "leads", "name": "Лиды"});
    Json([leads].into_iter().chain(deals).collect())
}

async fn state(State(bitrix): State<Bitrix24>, Path(board): Path<String>) -> Response {
    let Some((kind, category)) = board_of(&board) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let calls = bitrix.call_log();
    let portal = bitrix.portal();
    let stages = portal.list(&stage_list(kind, category));
    let stages: Vec<Value> = stages
        .iter()
        .map(|one| json!({"id": one.status_id, "name": one.name, "color": one.color}))
        .collect();
    let own = portal.all(kind).filter(|(_, record)| {
        kind == Kind::Lead || record.get("CATEGORY_ID").and_then(int) == Some(category)
    });
    let cards: Vec<Value> = own.map(|(id, record)| card(&portal, kind, *id, record)).collect();
    let pipeline = portal.categories.iter().find(|one| one.id == category);
    let name =
        if kind == Kind::Lead { "Лиды" } else { pipeline.map_or("", |one| one.name.as_str()) };
    let base = bitrix.base(&portal);
    Json(json!({
        "account": {"host": host(&base)},
        "pipeline": {"id": category, "name": name},
        "machine": {"model": UF_MODEL, "serial": UF_SERIAL},
        "stages": stages,
        "leads": cards,
        "hooks": portal.deliveries.iter().rev().take(20).map(hook).collect::<Vec<_>>(),
        "calls": calls.iter().rev().take(30).rev().map(call).collect::<Vec<_>>()
    }))
    .into_response()
}

/// The code of the webhook is a secret, also on a page of a toy.
fn call(call: &Call) -> Value {
    json!({"method": call.verb, "path": call.method, "status": call.status,
        "at": call.at.timestamp()})
}

fn hook(one: &EventDelivery) -> Value {
    let delivered = one.status.is_some_and(|status| (200..300).contains(&status));
    let attempts: Vec<u16> = one.status.into_iter().collect();
    json!({"id": one.id, "event": one.event, "attempts": attempts, "delivered": delivered,
        "at": one.at.timestamp()})
}

async fn changes(State(bitrix): State<Bitrix24>) -> impl IntoResponse {
    revisions(bitrix.subscribe())
}

/// Everything that was told to anybody, as it was sent.
async fn console(State(bitrix): State<Bitrix24>) -> Json<Value> {
    let mode = bitrix.hook_mode();
    let portal = bitrix.portal();
    let sent: Vec<Value> = portal.deliveries.iter().rev().take(60).map(sent).collect();
    Json(json!({"events": sent, "handlers": handlers(&portal), "mode": mode,
        "offline": portal.offline.len()}))
}

fn sent(one: &EventDelivery) -> Value {
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(one.body.as_bytes()).into_owned().collect();
    json!({"id": one.id, "event": one.event, "destination": one.destination, "status": one.status,
        "at": one.at.timestamp(), "pairs": pairs})
}

fn handlers(portal: &Portal) -> Vec<Value> {
    let shown = portal.handlers.iter().map(|one| {
        json!({"id": one.id, "event": one.event, "url": one.url, "offline": one.offline,
            "token": one.webhook_token})
    });
    shown.collect()
}

async fn add_webhook(State(bitrix): State<Bitrix24>, Json(new): Json<NewWebhook>) -> Response {
    if !new.url.starts_with("http") || new.events.is_empty() {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    }
    let events: Vec<&str> = new.events.iter().map(String::as_str).collect();
    Json(json!({"token": bitrix.add_outgoing_webhook(&new.url, &events)})).into_response()
}

async fn new_deal(
    State(bitrix): State<Bitrix24>,
    Path(board): Path<String>,
    Json(deal): Json<HandMadeDeal>,
) -> Response {
    let made = match board_of(&board) {
        Some((Kind::Lead, _)) => bitrix.create_lead_by_hand(&deal),
        Some((_, category)) => bitrix.create_deal_by_hand(&HandMadeDeal { category, ..deal }),
        None => None,
    };
    match made {
        Some(id) => Json(json!({ "id": id })).into_response(),
        None => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
    }
}

async fn move_card(
    State(bitrix): State<Bitrix24>,
    Path((board, id)): Path<(String, i64)>,
    Json(target): Json<Move>,
) -> StatusCode {
    done(board_of(&board).is_some_and(|(kind, _)| bitrix.drag(kind, id, &target.status_id)))
}

async fn edit_field(
    State(bitrix): State<Bitrix24>,
    Path((board, id)): Path<(String, i64)>,
    Json(edit): Json<FieldEdit>,
) -> StatusCode {
    let typed = |(kind, _)| bitrix.type_into(kind, id, &edit.field_id, &edit.value);
    done(board_of(&board).is_some_and(typed))
}

/// `won` on a deal, `convert` on a lead.
async fn act(
    State(bitrix): State<Bitrix24>,
    Path((board, id, act)): Path<(String, i64, String)>,
) -> StatusCode {
    done(match (board_of(&board), act.as_str()) {
        (Some((Kind::Lead, _)), "convert") => bitrix.convert(id).is_some(),
        (Some((Kind::Deal, 0)), "won") => bitrix.drag(Kind::Deal, id, "WON"),
        (Some((Kind::Deal, category)), "won") => {
            bitrix.drag(Kind::Deal, id, &format!("C{category}:WON"))
        }
        _ => false,
    })
}

async fn edit_contact(
    State(bitrix): State<Bitrix24>,
    Path((board, id)): Path<(String, i64)>,
    Json(edit): Json<ContactEdit>,
) -> StatusCode {
    let kind = if board == "leads" { Kind::Lead } else { Kind::Contact };
    let named = edit.name.is_none_or(|name| {
        let (first, last) = name.split_once(' ').unwrap_or((&name, ""));
        bitrix.type_into(kind, id, "NAME", first) && bitrix.type_into(kind, id, "LAST_NAME", last)
    });
    let reached =
        [("PHONE", edit.phone), ("EMAIL", edit.email)].into_iter().all(|(field, value)| {
            value.is_none_or(|value| bitrix.change_multifield(kind, id, field, &value))
        });
    done(named && reached)
}

async fn file(State(bitrix): State<Bitrix24>, Path((_, id)): Path<(String, i64)>) -> Response {
    match bitrix.file(id) {
        Some(file) => downloads::bytes(file.content),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn faults(State(bitrix): State<Bitrix24>) -> Json<Value> {
    Json(json!({"plans": bitrix.faults().plans(), "fired": bitrix.faults().fired()}))
}

async fn set_faults(
    State(bitrix): State<Bitrix24>,
    Json(plans): Json<Vec<FaultPlan>>,
) -> StatusCode {
    bitrix.faults().set(plans);
    bitrix.touch();
    StatusCode::NO_CONTENT
}

/// How events go out: `usual`, `lost`, `doubled`.
async fn set_hooks(State(bitrix): State<Bitrix24>, Json(mode): Json<HookMode>) -> StatusCode {
    bitrix.set_hook_mode(mode);
    StatusCode::NO_CONTENT
}

fn done(changed: bool) -> StatusCode {
    if changed { StatusCode::NO_CONTENT } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// Whole roubles of a money field.
pub(crate) fn roubles(value: Option<&Value>) -> i64 {
    let sum = value.and_then(decimal).unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, reason = "sums on a board are small")]
    let whole = sum.round() as i64;
    whole
}
