//! From the cart to an order.

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json};
use axum::routing::get;
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

/// Access: customer. Three queries.
async fn form(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    let customer = &caller.viewer.customer()?.id;
    let cart = cart::get(db, customer).await?;
    if cart.lines.is_empty() {
        return Ok(see_other("/app/cart"));
    }
    let company = people::companies_of(db, customer).await?.into_iter().next();
    let (company, inn) = match company {
        Some((_, name, inn)) => (name, inn.map(|inn| inn.as_str().to_owned())),
        None => (String::new(), None),
    };
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
        delivery: WAYS.iter().map(|way| delivery(ui, *way)).collect(),
        address: String::new(),
        company,
        inn: inn.unwrap_or_default(),
        comment: String::new(),
        submit,
    })
}

fn delivery(ui: Ui, way: DeliveryWay) -> Choice {
    Choice {
        value: way.as_str().to_owned(),
        label: present::word(ui, "app-checkout-", way.as_str()),
        note: present::word(ui, "app-checkout-", &format!("{}-sub", way.as_str())),
        selected: way == DeliveryWay::Pickup,
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
