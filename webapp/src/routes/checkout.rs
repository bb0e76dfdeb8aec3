//! From the cart to an order.

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json};
use axum::routing::get;
use domain::ids::CompanyId;
use domain::orders::{self, Checkout, DeliveryWay};
use domain::{Error, cart, ids, people};
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::input::Form;
use crate::json;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::cart::CheckoutPage;
use crate::views::parts::Choice;

const WAYS: [DeliveryWay; 3] = [DeliveryWay::Pickup, DeliveryWay::Courier, DeliveryWay::Carrier];

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/app/checkout", get(form).post(order))
}

/// Access: customer. Four queries.
async fn form(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    let customer = &caller.viewer.customer()?.id;
    let cart = cart::get(db, customer).await?;
    if cart.lines.is_empty() {
        return Ok(see_other("/app/cart"));
    }
    if cart.has_changes() {
        // What moved is read and confirmed there first.
        return Ok(see_other("/app/cart"));
    }
    let companies = people::choices(db, customer).await?;
    let last = orders::last_details(db, customer).await?;
    let paid_by = last.as_ref().and_then(|last| last.company_id.as_ref());
    // The company that they look at; else who paid last.
    let chosen = companies.iter().find(|one| one.chosen);
    let paid_by = companies.iter().find(|one| Some(&one.id) == paid_by);
    let looked_at = chosen.is_some() && chosen != paid_by;
    let chosen = chosen.or(paid_by).or(companies.first());
    let company = chosen.map(|one| one.name.clone()).unwrap_or_default();
    let inn = last.as_ref().and_then(|last| last.inn.as_ref());
    let own = chosen.and_then(|one| one.inn.as_ref());
    let inn = if looked_at { own } else { inn.or(own) };
    let choice = |one: &people::Choice| {
        let inn = one.inn.as_ref().map(|inn| format!(" · {}", inn.as_str())).unwrap_or_default();
        let selected = chosen.is_some_and(|chosen| chosen.id == one.id);
        present::choice(one.id.as_str(), format!("{}{inn}", one.name), selected)
    };
    let way = last.as_ref().map_or(DeliveryWay::Pickup, |last| last.delivery);
    let ui = caller.ui;
    let lines = ui.count("app-lines", i64::try_from(cart.lines.len()).unwrap_or(i64::MAX));
    let total = cart.total.as_kopecks();
    let (summary, submit) = if total > 0 {
        let total = ui.money(total);
        (format!("{lines} · {total}"), ui.with("app-checkout-submit-sum", "total", total))
    } else {
        (lines, ui.s("app-checkout-submit").to_owned())
    };
    page(&CheckoutPage {
        ui,
        summary,
        client_key: ids::new_token(),
        seen: cart.mark(),
        delivery: WAYS.iter().map(|one| delivery(ui, *one, *one == way)).collect(),
        address: last.as_ref().map(|last| last.address.clone()).unwrap_or_default(),
        contact: last.as_ref().map(|last| last.contact.clone()).unwrap_or_default(),
        company,
        companies: companies.iter().map(choice).collect(),
        inn: inn.map(|inn| inn.as_str().to_owned()).unwrap_or_default(),
        comment: String::new(),
        submit,
    })
}

fn delivery(ui: Ui, way: DeliveryWay, selected: bool) -> Choice {
    Choice {
        value: way.as_str().to_owned(),
        label: present::word(ui, "app-checkout-", way.as_str()),
        note: present::word(ui, "app-checkout-", &format!("{}-sub", way.as_str())),
        selected,
    }
}

/// Access: customer. The same `client_key` again answers the order that it made.
async fn order(caller: Caller, form: Form) -> Answer {
    let customer = &caller.viewer.customer()?.id;
    let delivery = form.required("delivery")?;
    let delivery = WAYS.into_iter().find(|way| way.as_str() == delivery);
    let checkout = Checkout {
        client_key: form.required("client_key")?.to_owned(),
        delivery: delivery.ok_or(Error::invalid("delivery", "error-choice"))?,
        address: form.owned("address"),
        inn: form.owned("inn"),
        comment: form.owned("comment"),
        company: form.text("company").map(CompanyId::from),
        contact: form.owned("contact"),
        seen: form.owned("seen"),
    };
    let mut tx = caller.begin().await?;
    let (order, made) =
        orders::checkout(&mut tx, caller.state.dealer(), customer, &checkout).await?;
    if !caller.json {
        commit(tx).await?;
        return Ok(see_other(&format!("/app/orders/{}", order.number)));
    }
    let (order, lines) = orders::load(&mut tx, &order.id).await?;
    commit(tx).await?;
    let status = if made { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(json!({ "order": json::order(&order, &lines) }))).into_response())
}
