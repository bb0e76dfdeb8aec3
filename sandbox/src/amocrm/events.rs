//! `GET /api/v4/events`: the journal by which lost webhooks are found.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use crate::amocrm::account::StageEvent;
use crate::amocrm::answer::{Params, problem};
use crate::amocrm::core::Amocrm;
use crate::amocrm::shapes;
use crate::amocrm::switches::JournalMode;

/// Changes of stages and fields, the newest first, as the filters ask.
pub(crate) async fn list(State(amo): State<Amocrm>, RawQuery(query): RawQuery) -> Response {
    let mode = amo.switches().journal;
    if mode == JournalMode::Refused {
        return problem(StatusCode::FORBIDDEN, "Client doesn't have the required scope");
    }
    let params = Params::parse(query.as_deref());
    let account = amo.account();
    let all = mode == JournalMode::Unfiltered;
    let found = account.events.iter().rev().filter(|event| all || passes(event, &params));
    let shown: Vec<Value> = found.map(|event| shapes::event(event, amo.options())).collect();
    params.page(&shown, "events", &format!("{}/api/v4/events", amo.base()), 100)
}

fn passes(event: &StageEvent, params: &Params) -> bool {
    let types = params.under("filter[type]");
    let entities = params.under("filter[entity_id]");
    let statuses = params.records("filter[value_after][leads_statuses]", "status_id");
    let kind = types.is_empty()
        || types.iter().flat_map(|list| list.split(',')).any(|one| one == event.kind());
    kind && (entities.is_empty() || entities.iter().any(|id| id.parse() == Ok(event.lead)))
        && (statuses.is_empty() || statuses.contains(&event.after))
        && params.int("filter[created_at][from]").is_none_or(|from| event.at >= from)
        && params.int("filter[created_at][to]").is_none_or(|to| event.at <= to)
}
