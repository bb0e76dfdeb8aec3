//! The catalogue and one part of it.

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Json};
use axum::routing::get;
use domain::ids::{MachineId, PartId};
use domain::{Error, Viewer, cart, machines, parts};
use serde::Deserialize;
use serde_json::json;

use crate::auth::Visit;
use crate::fault::Fault;
use crate::json;
use crate::present;
use crate::reply::{Answer, page};
use crate::state::AppState;
use crate::views::catalogue::{BoughtPage, CartBar, PartsPage, Suggestions};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/parts", get(list))
        .route("/app/parts/suggest", get(suggest))
        .route("/app/parts/{id}", get(part))
        .route("/app/machines/{id}/parts", get(bought))
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
    machine: Option<String>,
    page: Option<String>,
}

impl Search {
    /// A field that a form left empty says nothing.
    fn machine(&self) -> Option<MachineId> {
        self.machine.as_deref().filter(|id| !id.is_empty()).map(MachineId::from)
    }

    fn page(&self) -> Option<&str> {
        self.page.as_deref().filter(|page| !page.is_empty())
    }

    fn next(&self, next: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
        if let Some(machine) = self.machine() {
            query.append_pair("machine", machine.as_str());
        }
        format!("/app/parts?{}", query.append_pair("page", next).finish())
    }
}

/// Access: customer, staff. Four queries.
async fn list(mut visit: Visit, Query(search): Query<Search>) -> Answer {
    let (caller, db) = visit.parts();
    let customer = caller.viewer.customer.as_ref().map(|customer| &customer.id);
    let machine = search.machine();
    let park = park(&caller.viewer)?;
    let found = parts::search(db, park, &search.q, machine.as_ref(), search.page()).await?;
    if caller.json {
        let parts: Vec<_> = found.parts.iter().map(json::part).collect();
        return Ok(Json(json!({ "parts": parts, "next": found.next })).into_response());
    }
    let ui = caller.ui;
    let chosen = match &machine {
        Some(id) => machines::find(db, id).await?.map(|machine| {
            let name = present::machine_name(ui, &machine.model_name, &machine.serial);
            present::choice(machine.id.as_str(), name, true)
        }),
        None => None,
    };
    let cart = match customer {
        Some(customer) => cart::get(db, customer).await?,
        None => cart::Cart::default(),
    };
    let chosen_id = machine.as_ref().map(MachineId::as_str);
    page(&PartsPage {
        ui,
        found: present::found(ui, found.parts.len(), found.next.is_some()),
        query: search.q.clone(),
        may_have_bought: customer.is_some(),
        machine: chosen,
        suggestions: Vec::new(),
        parts: found.parts.iter().map(|part| present::part_cell(ui, part, chosen_id)).collect(),
        next: found.next.as_deref().map(|next| search.next(next)),
        cart: CartBar {
            count: i64::try_from(cart.lines.len()).unwrap_or(i64::MAX),
            total: cart.total.as_kopecks(),
        },
    })
}

/// Access: customer, staff. What may be meant, while somebody types; held back where nobody types so
/// fast. Two queries.
async fn suggest(mut visit: Visit, Query(search): Query<Search>) -> Answer {
    let (caller, db) = visit.parts();
    caller.state.try_suggest(caller.viewer.telegram_id).map_err(Fault::TooMany)?;
    let machine = search.machine();
    let found = parts::suggest(db, park(&caller.viewer)?, &search.q, machine.as_ref()).await?;
    if caller.json {
        let parts: Vec<_> = found.iter().map(json::part).collect();
        return Ok(Json(json!({ "parts": parts })).into_response());
    }
    let (ui, machine) = (caller.ui, machine.as_ref().map(MachineId::as_str));
    let suggestions = found.iter().map(|part| present::suggestion(ui, part, machine)).collect();
    page(&Suggestions { ui, suggestions })
}

/// Whose machines the viewer may choose.
fn park(viewer: &Viewer) -> Result<parts::Park<'_>, Error> {
    Ok(match viewer.staff {
        Some(_) => parts::Park::Any,
        None => parts::Park::Of(&viewer.customer()?.id),
    })
}

#[derive(Deserialize)]
struct Chosen {
    machine: Option<String>,
}

/// Access: customer, staff. Four queries.
async fn part(mut visit: Visit, Path(id): Path<String>, Query(chosen): Query<Chosen>) -> Answer {
    let (caller, db) = visit.parts();
    let customer = caller.viewer.customer.as_ref().map(|customer| &customer.id);
    let card = parts::card(db, customer, &PartId::from(id)).await?;
    if caller.json {
        return Ok(Json(json::part_card(&card)).into_response());
    }
    let may_order = customer.is_some() && card.active;
    let machine = chosen.machine.as_deref().filter(|id| !id.is_empty());
    let machine = machine.or_else(|| present::part_machine(&card));
    let control = may_order.then(|| present::part_control(caller.ui, &card, machine));
    page(&present::part_page(caller.ui, &card, customer.is_some(), control))
}

/// Access: customer (their machines). Four queries.
async fn bought(mut visit: Visit, Path(id): Path<String>) -> Answer {
    let (caller, db) = visit.parts();
    let customer = &caller.viewer.customer()?.id;
    let id = MachineId::from(id);
    if !machines::visible(db, customer, &id).await? {
        return Err(Error::NotFound.into());
    }
    let machine = machines::find(db, &id).await?.ok_or(Error::NotFound)?;
    let bought = parts::bought(db, customer, &id).await?;
    if caller.json {
        return Ok(Json(json!({ "parts": bought })).into_response());
    }
    let ui = caller.ui;
    page(&BoughtPage {
        ui,
        machine: present::machine_name(ui, &machine.model_name, &machine.serial),
        machine_id: id.to_string(),
        parts: bought.iter().map(|one| present::bought_part(ui, one, id.as_str())).collect(),
    })
}
