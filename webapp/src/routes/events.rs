//! What came in from outside: listed, shown raw, processed again. Managers read, administrators act.

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use domain::Error;
use domain::ids::EventId;
use domain::inbox::{self, EventFilter, ShownEvent, State};
use domain::sight::Sight;
use serde::Deserialize;
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::routes::deliveries::answer_plan;
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::deliveries::{Chip, EventPage, EventsPage};

/// Events on a page.
const PAGE: i64 = 30;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/desk/events", get(list))
        .route("/app/desk/events/{id}", get(show))
        .route("/app/desk/events/{id}/plan", get(plan))
        .route("/app/desk/events/{id}/retry", post(retry))
}

/// Which events, as the address says it.
#[derive(Clone, Debug, Default, Deserialize)]
struct Asked {
    source: Option<String>,
    state: Option<String>,
    before: Option<String>,
}

fn href(source: Option<&str>, state: &str, before: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in [("source", source), ("state", Some(state)), ("before", before)] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            query.append_pair(name, value);
        }
    }
    format!("/app/desk/events?{}", query.finish()).trim_end_matches('?').to_owned()
}

/// Access: managers; phones and addresses are hinted at for all but administrators. Two queries.
async fn list(mut visit: Visit, Query(asked): Query<Asked>) -> Answer {
    let (caller, db) = visit.parts();
    let sight = Sight::of(caller.viewer.manager()?);
    let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let filter = EventFilter {
        source: said(&asked.source),
        state: asked.state.as_deref().and_then(State::parse),
        before: said(&asked.before).map(EventId::from),
        limit: PAGE,
    };
    let found = inbox::events(db, &filter, sight).await?;
    if caller.json {
        let body = json!({ "events": found.rows, "next": found.next });
        return Ok(Json(body).into_response());
    }
    let ui = caller.ui;
    let state = filter.state.map_or("", State::as_str);
    let source = filter.source.as_deref();
    page(&EventsPage {
        ui,
        states: states(ui, source, state),
        cells: found.rows.iter().map(|event| present::event_cell(ui, event)).collect(),
        more: found.next.map(|next| href(source, state, Some(next.as_str()))),
    })
}

fn states(ui: Ui, source: Option<&str>, now: &str) -> Vec<Chip> {
    let chip = |state: &str| Chip {
        href: href(source, state, None),
        label: match state {
            "" => ui.s("app-desk-all").to_owned(),
            state => present::word(ui, "state-event-", state),
        },
        on: now == state,
    };
    ["", "failed", "received", "processed"].map(chip).into()
}

/// Access: managers. Three queries.
async fn show(mut visit: Visit, Path(id): Path<String>) -> Answer {
    let (caller, db) = visit.parts();
    let sight = Sight::of(caller.viewer.manager()?);
    let shown = inbox::inspect(db, &id.into(), sight).await?;
    if caller.json {
        return Ok(Json(json!({ "event": shown })).into_response());
    }
    page(&event_page(caller, &shown, "/app/desk/events"))
}

/// An event for its reader; its acts are below `base`.
pub(crate) fn event_page(caller: &Caller, shown: &ShownEvent, base: &str) -> EventPage {
    let (ui, event) = (caller.ui, &shown.event);
    EventPage {
        ui,
        href: format!("{base}/{}", event.id),
        title: present::event_title(ui, &event.source),
        badge: present::event_badge(ui, event.state),
        facts: present::event_facts(ui, shown),
        error: event.error.clone().unwrap_or_default(),
        body: present::cut(ui, &shown.body),
        dropped: event.pruned_at.is_some(),
        acts: present::acts(ui, &shown.acts),
        can_retry: caller.viewer.administrator().is_ok() && event.may_retry(),
    }
}

/// Access: managers. What the event would change now, by its own words: no CRM is called.
async fn plan(mut visit: Visit, Path(id): Path<String>) -> Answer {
    let sight = Sight::of(visit.viewer.manager()?);
    let event = inbox::event(&mut visit.db, &id.into()).await?;
    let caller = visit.into_caller();
    let dry_run = caller.state.dry_run().ok_or(Error::NotFound)?;
    let plan = sight.plan(dry_run.event(&event).await?);
    let lead = present::event_title(caller.ui, &event.source);
    answer_plan(&caller, &plan, lead, format!("/app/desk/events/{}", event.id))
}

/// Access: administrators.
async fn retry(caller: Caller, Path(id): Path<String>) -> Answer {
    let staff = caller.viewer.administrator()?.id.clone();
    let id = EventId::from(id);
    let mut tx = caller.begin().await?;
    let queued = inbox::retry(&mut tx, &id, Some(&staff), caller.state.now()).await?;
    commit(tx).await?;
    if caller.json {
        return Ok(Json(json!({ "event": { "id": id }, "queued": queued })).into_response());
    }
    Ok(see_other(&format!("/app/desk/events/{id}")))
}
