//! The delivery desk: what was sent where, what waits and why. Managers read, administrators act.

mod export;

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use chrono::NaiveTime;
use domain::Error;
use domain::ids::DeliveryId;
use domain::outbox::{self, CircuitState, Filter, Inspected, Retry, State};
use domain::plan::Plan;
use domain::sight::Sight;
use serde::Deserialize;
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::input::Form;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::deliveries::{Chip, DeliveriesPage, DeliveryPage, PlanPage};

/// Deliveries on a page.
const PAGE: i64 = 30;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/desk/deliveries", get(list))
        .route("/app/desk/deliveries/export", get(export::export))
        .route("/app/desk/deliveries/retry", post(retry_many))
        .route("/app/desk/deliveries/{id}", get(show))
        .route("/app/desk/deliveries/{id}/plan", get(plan))
        .route("/app/desk/deliveries/{id}/retry", post(retry))
        .route("/app/desk/deliveries/{id}/cancel", post(cancel))
}

/// Which deliveries, as the address says it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    connection: Option<String>,
    state: Option<String>,
    entity: Option<String>,
    before: Option<String>,
}

impl Asked {
    fn filter(&self, entity: Option<String>, limit: i64) -> Filter {
        let said = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let narrowed = Filter {
            connection: said(&self.connection),
            entity,
            before: said(&self.before).map(DeliveryId::from),
            limit,
            ..Filter::default()
        };
        in_state(narrowed, self.state.as_deref())
    }

    fn entity(&self) -> Option<&str> {
        self.entity.as_deref().map(str::trim).filter(|words| !words.is_empty())
    }

    /// The address of the same list, changed.
    fn href(&self, base: &str, change: impl FnOnce(&mut Asked)) -> String {
        let mut asked = Asked { before: None, ..self.clone() };
        change(&mut asked);
        let mut query = form_urlencoded::Serializer::new(String::new());
        let pairs = [
            ("connection", asked.connection),
            ("state", asked.state),
            ("entity", asked.entity),
            ("before", asked.before),
        ];
        for (name, value) in pairs {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                query.append_pair(name, &value);
            }
        }
        match query.finish() {
            query if query.is_empty() => base.to_owned(),
            query => format!("{base}?{query}"),
        }
    }
}

/// Access: managers; phones and addresses are hinted at for all but administrators. Four queries.
async fn list(mut visit: Visit, Query(asked): Query<Asked>) -> Answer {
    let (caller, db) = visit.parts();
    let sight = Sight::of(caller.viewer.manager()?);
    // One order or request needs no overview of connections.
    let (entity, connections) = match asked.entity() {
        Some(words) => (Some(outbox::entity_of(db, words).await?), Vec::new()),
        None => (None, outbox::connections(db, caller.state.now()).await?),
    };
    let found = outbox::page(db, &asked.filter(entity, PAGE), sight).await?;
    if caller.json {
        let body = json!({
            "deliveries": found.rows, "next": found.next, "connections": connections,
        });
        return Ok(Json(body).into_response());
    }
    let ui = caller.ui;
    let dead = connections.iter().map(|connection| connection.dead).sum();
    let named = asked.connection.clone().filter(|name| !name.is_empty());
    let shown = connections.iter().filter(|connection| match &named {
        Some(name) => connection.name == *name,
        None => true,
    });
    let mut shown: Vec<_> = shown.collect();
    shown.sort_by_key(|connection| connection.standing == CircuitState::Closed);
    page(&DeliveriesPage {
        ui,
        connections: shown.iter().map(|one| present::connection_cell(ui, one)).collect(),
        states: states(ui, &asked),
        entity: asked.entity().unwrap_or_default().to_owned(),
        narrowed: named.map(|name| {
            let back = asked.href("/app/desk/deliveries", |asked| asked.connection = None);
            (name.clone(), present::connection_name(ui, &name), back)
        }),
        cells: found.rows.iter().map(|row| present::delivery_cell(ui, row)).collect(),
        more: found.next.map(|next| {
            asked.href("/app/desk/deliveries", |asked| asked.before = Some(next.to_string()))
        }),
        export: export::link(caller, &asked),
        dead: if caller.viewer.administrator().is_ok() { dead } else { 0 },
    })
}

/// A filter narrowed to a state; `open` is every state but delivered. What names no state of ours
/// is no filter.
pub(crate) fn in_state(filter: Filter, state: Option<&str>) -> Filter {
    let open_only = state == Some("open");
    Filter { state: state.and_then(State::parse), open_only, ..filter }
}

/// The states that a list may be narrowed to, in words.
pub(crate) fn state_words(ui: Ui) -> [(&'static str, String); 6] {
    ["", "open", "waiting", "unknown", "dead", "delivered"].map(|state| match state {
        "" => ("", ui.s("app-desk-all").to_owned()),
        "open" => ("open", ui.s("app-desk-open").to_owned()),
        state => (state, present::word(ui, "state-delivery-", state)),
    })
}

fn states(ui: Ui, asked: &Asked) -> Vec<Chip> {
    let now = asked.state.as_deref().unwrap_or_default();
    state_words(ui)
        .map(|(state, label)| Chip {
            href: asked.href("/app/desk/deliveries", |asked| asked.state = Some(state.to_owned())),
            label,
            on: now == state,
        })
        .into()
}

/// Access: managers. Four queries.
async fn show(mut visit: Visit, Path(id): Path<String>) -> Answer {
    let (caller, db) = visit.parts();
    let sight = Sight::of(caller.viewer.manager()?);
    let shown = outbox::inspect(db, &id.into(), sight).await?;
    if caller.json {
        return Ok(Json(json!({
            "delivery": shown.listed, "attempts": shown.attempts, "exchanges": shown.exchanges,
            "acts": shown.acts,
        }))
        .into_response());
    }
    page(&delivery_page(caller, &shown, "/app/desk/deliveries"))
}

/// A delivery for its reader; its acts are below `base`.
pub(crate) fn delivery_page(caller: &Caller, shown: &Inspected, base: &str) -> DeliveryPage {
    let ui = caller.ui;
    let delivery = &shown.listed.delivery;
    let acts = caller.viewer.administrator().is_ok();
    let open = matches!(delivery.state, State::Waiting | State::Unknown);
    DeliveryPage {
        ui,
        href: format!("{base}/{}", delivery.id),
        title: present::delivery_title(ui, &shown.listed),
        badge: present::delivery_badge(ui, delivery.state),
        facts: present::delivery_facts(ui, shown),
        error: delivery.last_error.clone().unwrap_or_default(),
        tries: present::tries(ui, shown),
        acts: present::acts(ui, &shown.acts),
        can_retry: acts && (open || delivery.state == State::Dead),
        can_cancel: acts && (open || delivery.state == State::Queued),
    }
}

/// Access: managers. What the delivery would do now, from what is stored: no CRM is called.
async fn plan(mut visit: Visit, Path(id): Path<String>) -> Answer {
    let sight = Sight::of(visit.viewer.manager()?);
    let listed = outbox::listed(&mut visit.db, &id.into()).await?;
    let caller = visit.into_caller();
    let dry_run = caller.state.dry_run().ok_or(Error::NotFound)?;
    let plan = sight.plan(dry_run.delivery(&listed.delivery).await?);
    let lead = present::delivery_title(caller.ui, &listed);
    answer_plan(&caller, &plan, lead, format!("/app/desk/deliveries/{}", listed.delivery.id))
}

/// Access: administrators. What may have worked is looked for before it is made again.
async fn retry(caller: Caller, Path(id): Path<String>) -> Answer {
    let staff = caller.viewer.administrator()?.id.clone();
    let id = DeliveryId::from(id);
    let which = Retry::One(id.clone());
    let mut tx = caller.begin().await?;
    let queued = outbox::retry(&mut tx, &which, Some(&staff), caller.state.now()).await?;
    commit(tx).await?;
    if caller.json {
        return Ok(Json(json!({ "delivery": { "id": id }, "queued": queued })).into_response());
    }
    Ok(see_other(&format!("/app/desk/deliveries/{id}")))
}

/// Access: administrators. Every dead one, or with `since` (a day) those that died from then on.
async fn retry_many(caller: Caller, form: Form) -> Answer {
    let staff = caller.viewer.administrator()?.id.clone();
    let which = dead_since(&caller, &form)?;
    let mut tx = caller.begin().await?;
    let queued = outbox::retry(&mut tx, &which, Some(&staff), caller.state.now()).await?;
    commit(tx).await?;
    if caller.json {
        return Ok(Json(json!({ "queued": queued })).into_response());
    }
    Ok(see_other("/app/desk/deliveries?state=open"))
}

/// Every dead one, or those that died from the day `since` on.
pub(crate) fn dead_since(caller: &Caller, form: &Form) -> domain::Result<Retry> {
    let zone = caller.state.dealer().zone;
    let since = form
        .date("since")?
        .and_then(|day| day.and_time(NaiveTime::MIN).and_local_timezone(zone).earliest());
    Ok(since.map_or(Retry::Dead, |time| Retry::Since(time.to_utc())))
}

/// Access: administrators.
async fn cancel(caller: Caller, Path(id): Path<String>, form: Form) -> Answer {
    let staff = caller.viewer.administrator()?.id.clone();
    let id = DeliveryId::from(id);
    let reason = form.required("reason")?;
    let mut tx = caller.begin().await?;
    let now = caller.state.now();
    let cancelled = outbox::cancel(&mut tx, &id, reason, Some(&staff), now).await?;
    commit(tx).await?;
    if caller.json {
        let body = json!({ "delivery": { "id": id, "state": "dead" }, "cancelled": cancelled });
        return Ok(Json(body).into_response());
    }
    Ok(see_other(&format!("/app/desk/deliveries/{id}")))
}

/// A plan as a page or as data.
pub(super) fn answer_plan(caller: &Caller, plan: &Plan, lead: String, parent: String) -> Answer {
    if caller.json {
        return Ok(Json(json!({ "plan": plan })).into_response());
    }
    let steps = present::plan(caller.ui, plan);
    page(&PlanPage { ui: caller.ui, parent, lead, steps })
}
